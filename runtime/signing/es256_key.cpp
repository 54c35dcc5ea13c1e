#include "runtime/signing/es256_key.hpp"

#include "messages/base/base64.hpp"

#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <array>
#include <climits>

namespace troupe::signing {

namespace {

template <auto Free>
struct freer {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};

using key_ptr = std::unique_ptr<EVP_PKEY, freer<EVP_PKEY_free>>;
using bio_ptr = std::unique_ptr<BIO, freer<BIO_free_all>>;
using context_ptr = std::unique_ptr<EVP_MD_CTX, freer<EVP_MD_CTX_free>>;
using number_ptr = std::unique_ptr<BIGNUM, freer<BN_free>>;
using signature_ptr = std::unique_ptr<ECDSA_SIG, freer<ECDSA_SIG_free>>;

constexpr std::size_t half_size = 32;

const unsigned char* octets(bytes_view data) {
  return reinterpret_cast<const unsigned char*>(data.data());
}

unsigned char* octets(bytes& data) {
  return reinterpret_cast<unsigned char*>(data.data());
}

/// The number in 32 octets; it is smaller than 2^256.
bytes to_half(const BIGNUM* number) {
  bytes out(half_size, '\0');
  const auto size = BN_bn2binpad(number, octets(out), half_size);
  TROUPE_CHECK(size == half_size, "numbers of P-256 have 256 bits");
  return out;
}

bool is_on_p256(EVP_PKEY* key) {
  std::array<char, 32> name{};
  std::size_t size = 0;
  return EVP_PKEY_is_a(key, "EC") == 1
         && EVP_PKEY_get_group_name(key, name.data(), name.size(), &size) == 1
         && std::string_view{name.data(), size} == "prime256v1";
}

bytes coordinate(EVP_PKEY* key, const char* which) {
  BIGNUM* raw = nullptr;
  const auto done = EVP_PKEY_get_bn_param(key, which, &raw);
  const number_ptr number{raw};
  TROUPE_CHECK(done == 1, "a key on a curve has a public point");
  return to_half(number.get());
}

std::string make_id(EVP_PKEY* key) {
  unsigned char* der = nullptr;
  const auto size = i2d_PUBKEY(key, &der);
  TROUPE_CHECK(size > 0, "a public key can be written");
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned digest_size = 0;
  const auto done =
      EVP_Digest(der, static_cast<std::size_t>(size), digest.data(),
                 &digest_size, EVP_sha256(), nullptr);
  OPENSSL_free(der);
  TROUPE_CHECK(done == 1, "SHA-256 is there");
  return base64url_encode(
      {reinterpret_cast<const char*>(digest.data()), digest_size});
}

/// ASN.1 to R and S.
bytes to_raw(const bytes& der) {
  const auto* at = octets(bytes_view{der});
  const signature_ptr read{
      d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size()))};
  TROUPE_CHECK(read != nullptr, "OpenSSL reads its own signature");
  return to_half(ECDSA_SIG_get0_r(read.get()))
         + to_half(ECDSA_SIG_get0_s(read.get()));
}

/// R and S to ASN.1; empty when it cannot be.
bytes to_der(bytes_view raw) {
  const signature_ptr made{ECDSA_SIG_new()};
  number_ptr r{BN_bin2bn(octets(raw), half_size, nullptr)};
  number_ptr s{BN_bin2bn(octets(raw) + half_size, half_size, nullptr)};
  if (!made || !r || !s
      || ECDSA_SIG_set0(made.get(), r.release(), s.release()) != 1)
    return {};
  unsigned char* text = nullptr;
  const auto size = i2d_ECDSA_SIG(made.get(), &text);
  if (size <= 0)
    return {};
  bytes out{reinterpret_cast<char*>(text), static_cast<std::size_t>(size)};
  OPENSSL_free(text);
  return out;
}

class es256_key final : public signing_key {
public:
  explicit es256_key(key_ptr key)
      : key_{std::move(key)}, id_{make_id(key_.get())},
        point_{coordinate(key_.get(), OSSL_PKEY_PARAM_EC_PUB_X),
               coordinate(key_.get(), OSSL_PKEY_PARAM_EC_PUB_Y)} {}

  const std::string& id() const override { return id_; }

  bytes sign(bytes_view data) const override {
    const context_ptr context{EVP_MD_CTX_new()};
    std::size_t size = 0;
    bytes der;
    const bool begun = context
                       && EVP_DigestSignInit(context.get(), nullptr,
                                             EVP_sha256(), nullptr, key_.get())
                              == 1
                       && EVP_DigestSign(context.get(), nullptr, &size,
                                         octets(data), data.size())
                              == 1;
    TROUPE_CHECK(begun, "a private key signs");
    der.resize(size);
    const auto done = EVP_DigestSign(context.get(), octets(der), &size,
                                     octets(data), data.size());
    TROUPE_CHECK(done == 1, "a private key signs");
    der.resize(size);
    return to_raw(der);
  }

  bool verify(bytes_view data, bytes_view signature) const override {
    if (signature.size() != 2 * half_size)
      return false;
    const auto der = to_der(signature);
    const context_ptr context{EVP_MD_CTX_new()};
    const bool right =
        !der.empty() && context
        && EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr,
                                key_.get())
               == 1
        && EVP_DigestVerify(context.get(), octets(bytes_view{der}), der.size(),
                            octets(data), data.size())
               == 1;
    ERR_clear_error();
    return right;
  }

  const point& public_point() const override { return point_; }

private:
  key_ptr key_;
  std::string id_;
  point point_;
};

} // namespace

result<std::shared_ptr<const signing_key>>
read_es256_key(std::string_view pem) {
  const error refusal{errc::invalid_argument,
                      "expected a private key on P-256 in PEM"};
  if (pem.size() > INT_MAX)
    return refusal;
  const bio_ptr text{BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()))};
  if (!text)
    return refusal;
  // No callback: a key under a passphrase is refused, not asked for.
  key_ptr key{PEM_read_bio_PrivateKey(
      text.get(), nullptr, [](char*, int, int, void*) { return -1; }, nullptr)};
  ERR_clear_error();
  if (!key || !is_on_p256(key.get()))
    return refusal;
  return std::shared_ptr<const signing_key>{
      std::make_shared<es256_key>(std::move(key))};
}

} // namespace troupe::signing
