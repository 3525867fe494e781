#include <fmt/format.h>
#include <openssl/evp.h>

#include <array>
#include <memory>

#include "isogloss/core/error.h"
#include "isogloss/core/file.h"
#include "isogloss/hub/cache.h"

namespace isogloss {

std::string content_hash(const std::filesystem::path& file, const std::string& like) {
  const bool is_git = like.size() == 40;
  const MappedFile content(file);
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                        EVP_MD_CTX_free);
  // git hashes a head before the content.
  const auto head = is_git ? fmt::format("blob {}{}", content.bytes().size(), '\0') : std::string();
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  if (!context ||
      EVP_DigestInit_ex(context.get(), is_git ? EVP_sha1() : EVP_sha256(), nullptr) != 1 ||
      EVP_DigestUpdate(context.get(), head.data(), head.size()) != 1 ||
      EVP_DigestUpdate(context.get(), content.bytes().data(), content.bytes().size()) != 1 ||
      EVP_DigestFinal_ex(context.get(), digest.data(), &size) != 1) {
    throw Error(ErrorCode::kEnvironment,
                "OpenSSL offers no SHA-1 or no SHA-256 here; check its configuration");
  }
  std::string text;
  for (unsigned int i = 0; i < size; ++i) text += fmt::format("{:02x}", digest[i]);
  return text;
}

}  // namespace isogloss
