#include "tests/hub/fake_hub.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace isogloss::testing {
namespace {

namespace fs = std::filesystem;

fs::path new_folder() {
  std::string pattern = (fs::temp_directory_path() / "hub-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
  return pattern;
}

std::string first_line(int descriptor) {
  std::string line;
  char c = 0;
  while (::read(descriptor, &c, 1) == 1 && c != '\n') line += c;
  return line;
}

}  // namespace

FakeHub::FakeHub(const fs::path& certificate)
    : folder(new_folder()), root(folder / "root"), home(folder / "home"), cache(home / "hub") {
  fs::create_directories(root);
  std::array<int, 2> output{};
  if (::pipe(output.data()) != 0) throw std::runtime_error("no pipe");
  pid_ = ::fork();
  if (pid_ == 0) {
    ::dup2(output[1], STDOUT_FILENO);
    ::close(output[0]);
    if (certificate.empty()) {
      ::execlp(ISOGLOSS_PYTHON, ISOGLOSS_PYTHON, ISOGLOSS_FAKE_HUB, root.c_str(), nullptr);
    } else {
      ::execlp(ISOGLOSS_PYTHON, ISOGLOSS_PYTHON, ISOGLOSS_FAKE_HUB, root.c_str(), "--certificate",
               certificate.c_str(), nullptr);
    }
    ::_exit(127);
  }
  ::close(output[1]);
  endpoint = first_line(output[0]);
  ::close(output[0]);
  if (endpoint.empty()) throw std::runtime_error("fake_hub.py did not start");
  for (const char* name : {"HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "HF_TOKEN_PATH", "HF_HUB_OFFLINE",
                           "HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE", "TRANSFORMERS_OFFLINE",
                           "HF_HUB_DISABLE_IMPLICIT_TOKEN", "http_proxy", "https_proxy",
                           "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "all_proxy"}) {
    ::unsetenv(name);
  }
  ::setenv("HF_ENDPOINT", endpoint.c_str(), 1);
  ::setenv("HF_HOME", home.c_str(), 1);
}

FakeHub::~FakeHub() {
  stop();
  ::unsetenv("HF_ENDPOINT");
  ::unsetenv("HF_HOME");
  std::error_code ignored;
  fs::remove_all(folder, ignored);
}

void FakeHub::stop() {
  if (pid_ <= 0) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

void FakeHub::add(const std::string& repository, const std::string& path,
                  const std::string& content) const {
  const auto file = root / repository / path;
  fs::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary) << content;
}

void FakeHub::set_faults(const nlohmann::json& faults) const {
  std::ofstream(root / "faults.part") << faults.dump();
  fs::rename(root / "faults.part", root / "faults.json");
}

std::vector<nlohmann::json> FakeHub::requests() const {
  std::vector<nlohmann::json> requests;
  std::ifstream file(root / "requests.jsonl");
  for (std::string line; std::getline(file, line);) requests.push_back(nlohmann::json::parse(line));
  return requests;
}

void FakeHub::forget_requests() const { fs::remove(root / "requests.jsonl"); }

Variable::Variable(std::string name, const char* value) : name_(std::move(name)) {
  const char* former = std::getenv(name_.c_str());
  was_set_ = former != nullptr;
  if (was_set_) former_ = former;
  value != nullptr ? ::setenv(name_.c_str(), value, 1) : ::unsetenv(name_.c_str());
}

Variable::~Variable() {
  was_set_ ? ::setenv(name_.c_str(), former_.c_str(), 1) : ::unsetenv(name_.c_str());
}

std::string large(std::size_t n_bytes) {
  std::string content(n_bytes, '\0');
  for (std::size_t i = 0; i < n_bytes; ++i) content[i] = static_cast<char>(i * 2654435761U >> 13U);
  return content;
}

std::string content_of(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

}  // namespace isogloss::testing
