#include "node/image/digest.hpp"

#include "messages/base/check.hpp"

#include <openssl/evp.h>

#include <array>

namespace troupe::image {

struct sha256::context {
  EVP_MD_CTX* raw = EVP_MD_CTX_new();

  context() {
    TROUPE_CHECK(raw != nullptr
                     && EVP_DigestInit_ex(raw, EVP_sha256(), nullptr) == 1,
                 "libcrypto has SHA-256");
  }

  ~context() { EVP_MD_CTX_free(raw); }
};

sha256::sha256() : context_{std::make_unique<context>()} {}

sha256::~sha256() = default;
sha256::sha256(sha256&&) noexcept = default;
sha256& sha256::operator=(sha256&&) noexcept = default;

void sha256::feed(bytes_view data) {
  TROUPE_CHECK(context_ != nullptr, "a finished hash is not fed");
  EVP_DigestUpdate(context_->raw, data.data(), data.size());
}

std::string sha256::finish() {
  TROUPE_CHECK(context_ != nullptr, "a hash is finished once");
  std::array<unsigned char, EVP_MAX_MD_SIZE> value{};
  unsigned size = 0;
  EVP_DigestFinal_ex(context_->raw, value.data(), &size);
  context_.reset();
  constexpr std::string_view hex = "0123456789abcdef";
  std::string out = "sha256:";
  for (unsigned i = 0; i < size; ++i) {
    out += hex[value[i] >> 4];
    out += hex[value[i] & 15];
  }
  return out;
}

std::string digest_of(bytes_view data) {
  sha256 hash;
  hash.feed(data);
  return hash.finish();
}

std::string hex_of(const std::string& digest) {
  return digest.substr(digest.find(':') + 1);
}

std::string chain_id(const std::string& parent, const std::string& diff_id) {
  return parent.empty() ? diff_id : digest_of(parent + " " + diff_id);
}

} // namespace troupe::image
