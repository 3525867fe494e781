// The hub over https, as it is outside of tests.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "isogloss/core/error.h"
#include "isogloss/hub/hub.h"
#include "tests/hub/fake_hub.h"

namespace isogloss {
namespace {

using testing::FakeHub;
using ::testing::HasSubstr;
using testing::large;
using testing::Variable;

namespace fs = std::filesystem;

class HttpsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "hub-certificate-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    certificate_ = folder_ / "certificate.pem";
    const auto command =
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj "
        "/CN=localhost "
        "-addext subjectAltName=DNS:localhost,IP:127.0.0.1 -keyout " +
        certificate_.string() + " -out " + (folder_ / "public.pem").string() +
        " >/dev/null 2>&1 && cat " + (folder_ / "public.pem").string() + " >> " +
        certificate_.string();
    ASSERT_EQ(std::system(command.c_str()), 0)
        << "openssl, a part of the system's certificates, is missing";
    hub_.emplace(certificate_);
    hub_->add("models/some/model", "a.gguf", large());
  }
  void TearDown() override { fs::remove_all(folder_); }

  HubSnapshot fetch() {
    return fetch_files({HubKind::kModel, "some/model", "main"}, std::vector<std::string>{"a.gguf"},
                       {});
  }

  std::string refusal() {
    try {
      fetch();
    } catch (const Error& error) {
      return error.what();
    }
    return "nothing refused";
  }

  fs::path folder_;
  fs::path certificate_;
  std::optional<FakeHub> hub_;
};

TEST_F(HttpsTest, ACertificateThatNobodyTrustsIsRefused) {
  EXPECT_THAT(refusal(), HasSubstr("not trusted"));
  EXPECT_TRUE(hub_->requests().empty());
}

TEST_F(HttpsTest, ANamedCertificateIsTrusted) {
  const Variable trusted("SSL_CERT_FILE", (folder_ / "public.pem").c_str());
  EXPECT_EQ(testing::content_of(fetch().folder / "a.gguf"), large());
}

TEST_F(HttpsTest, NothingLeadsBackToPlainHttp) {
  const Variable trusted("SSL_CERT_FILE", (folder_ / "public.pem").c_str());
  hub_->set_faults({{{"match", "GET /some"},
                     {"kind", "redirect"},
                     {"to", "http://localhost:1/a"},
                     {"times", 9}}});
  EXPECT_THAT(refusal(), HasSubstr("only https"));
}

}  // namespace
}  // namespace isogloss
