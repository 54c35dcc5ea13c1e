#include "bootstrap/pki/pki.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <memory>

namespace troupe::pki {

namespace {

template <auto Free>
struct freer {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};

using key_ptr = std::unique_ptr<EVP_PKEY, freer<EVP_PKEY_free>>;
using certificate_ptr = std::unique_ptr<X509, freer<X509_free>>;
using bio_ptr = std::unique_ptr<BIO, freer<BIO_free_all>>;
using extension_ptr =
    std::unique_ptr<X509_EXTENSION, freer<X509_EXTENSION_free>>;
using number_ptr = std::unique_ptr<BIGNUM, freer<BN_free>>;

error openssl_error(const char* what) {
  char text[256] = "unknown error";
  if (const auto code = ERR_get_error(); code != 0)
    ERR_error_string_n(code, text, sizeof text);
  ERR_clear_error();
  return {errc::invalid_argument, std::string{what} + ": " + text};
}

template <class Write>
result<std::string> to_text(Write write) {
  bio_ptr out{BIO_new(BIO_s_mem())};
  if (!out || write(out.get()) != 1)
    return openssl_error("cannot write text");
  char* data = nullptr;
  const auto length = BIO_get_mem_data(out.get(), &data);
  return std::string{data, static_cast<std::size_t>(length)};
}

std::time_t seconds(wall_time time) {
  return static_cast<std::time_t>(
      std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch())
          .count());
}

bool set_random_serial(X509* certificate) {
  constexpr int serial_bits = 127; // positive, and at most 20 octets
  number_ptr number{BN_new()};
  return number
         && BN_rand(number.get(), serial_bits, BN_RAND_TOP_ANY,
                    BN_RAND_BOTTOM_ANY)
                == 1
         && BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate))
                != nullptr;
}

bool add_name_entry(X509_NAME* name, const char* field,
                    const std::string& value) {
  return X509_NAME_add_entry_by_txt(
             name, field, MBSTRING_UTF8,
             reinterpret_cast<const unsigned char*>(value.data()),
             static_cast<int>(value.size()), -1, 0)
         == 1;
}

bool add_extension(X509* certificate, X509* issuer, int id,
                   const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  extension_ptr extension{
      X509V3_EXT_conf_nid(nullptr, &context, id, value.c_str())};
  return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

bool fill(X509* certificate, EVP_PKEY* key, const subject& of,
          wall_time not_before, wall_time not_after) {
  constexpr long version_3 = 2;
  if (X509_set_version(certificate, version_3) != 1
      || !set_random_serial(certificate)
      || X509_set_pubkey(certificate, key) != 1)
    return false;
  const auto from = seconds(not_before);
  const auto until = seconds(not_after);
  if (!ASN1_TIME_set(X509_getm_notBefore(certificate), from)
      || !ASN1_TIME_set(X509_getm_notAfter(certificate), until))
    return false;
  X509_NAME* name = X509_get_subject_name(certificate);
  for (const auto& organization : of.organizations)
    if (!add_name_entry(name, "O", organization))
      return false;
  return add_name_entry(name, "CN", of.common_name);
}

std::string extended_usage(usage value) {
  switch (value) {
    case usage::server:
      return "serverAuth";
    case usage::client:
      return "clientAuth";
    case usage::server_and_client:
      break;
  }
  return "serverAuth,clientAuth";
}

std::string alternative_names(const certificate_request& request) {
  std::string out;
  for (const auto& name : request.dns_names)
    out += (out.empty() ? "DNS:" : ",DNS:") + name;
  for (const auto& address : request.ip_addresses)
    out += (out.empty() ? "IP:" : ",IP:") + address;
  return out;
}

result<std::string> key_text(EVP_PKEY* key) {
  return to_text([&](BIO* out) {
    return PEM_write_bio_PrivateKey(out, key, nullptr, nullptr, 0, nullptr,
                                    nullptr);
  });
}

result<credential> finish(X509* certificate, EVP_PKEY* own, EVP_PKEY* signer) {
  if (X509_sign(certificate, signer, EVP_sha256()) == 0)
    return openssl_error("cannot sign the certificate");
  auto text =
      to_text([&](BIO* out) { return PEM_write_bio_X509(out, certificate); });
  auto key = key_text(own);
  if (!text)
    return std::move(text).error();
  if (!key)
    return std::move(key).error();
  return credential{std::move(*text), std::move(*key)};
}

std::string describe(const ASN1_TIME* time) {
  auto out = to_text([&](BIO* to) { return ASN1_TIME_print(to, time); });
  return out ? *out : "an unknown time";
}

} // namespace

result<credential> make_authority(const std::string& common_name,
                                  wall_time not_before, wall_time not_after) {
  key_ptr key{EVP_EC_gen("P-256")};
  certificate_ptr certificate{X509_new()};
  if (!key || !certificate
      || !fill(certificate.get(), key.get(), {common_name, {}}, not_before,
               not_after))
    return openssl_error("cannot make the authority");
  X509* self = certificate.get();
  if (X509_set_issuer_name(self, X509_get_subject_name(self)) != 1
      || !add_extension(self, self, NID_basic_constraints,
                        "critical,CA:TRUE,pathlen:0")
      || !add_extension(self, self, NID_key_usage,
                        "critical,digitalSignature,keyCertSign,cRLSign")
      || !add_extension(self, self, NID_subject_key_identifier, "hash"))
    return openssl_error("cannot make the authority");
  return finish(self, key.get(), key.get());
}

result<credential> issue(const credential& authority,
                         const certificate_request& request) {
  bio_ptr ca_text{
      BIO_new_mem_buf(authority.certificate.data(),
                      static_cast<int>(authority.certificate.size()))};
  bio_ptr ca_key_text{
      BIO_new_mem_buf(authority.private_key.data(),
                      static_cast<int>(authority.private_key.size()))};
  certificate_ptr ca{
      PEM_read_bio_X509(ca_text.get(), nullptr, nullptr, nullptr)};
  key_ptr ca_key{
      PEM_read_bio_PrivateKey(ca_key_text.get(), nullptr, nullptr, nullptr)};
  if (!ca || !ca_key)
    return openssl_error("cannot read the authority");
  key_ptr key{EVP_EC_gen("P-256")};
  certificate_ptr certificate{X509_new()};
  if (!key || !certificate
      || !fill(certificate.get(), key.get(), request.subject,
               request.not_before, request.not_after))
    return openssl_error("cannot make the certificate");
  X509* leaf = certificate.get();
  const auto names = alternative_names(request);
  if (X509_set_issuer_name(leaf, X509_get_subject_name(ca.get())) != 1
      || !add_extension(leaf, ca.get(), NID_basic_constraints,
                        "critical,CA:FALSE")
      || !add_extension(leaf, ca.get(), NID_key_usage,
                        "critical,digitalSignature")
      || !add_extension(leaf, ca.get(), NID_ext_key_usage,
                        extended_usage(request.usage))
      || !add_extension(leaf, ca.get(), NID_authority_key_identifier, "keyid")
      || (!names.empty()
          && !add_extension(leaf, ca.get(), NID_subject_alt_name, names)))
    return openssl_error("cannot make the certificate");
  return finish(leaf, key.get(), ca_key.get());
}

result<std::string> make_signing_key() {
  key_ptr key{EVP_EC_gen("P-256")};
  if (!key)
    return openssl_error("cannot make a key");
  return key_text(key.get());
}

status_result check_validity(const std::string& certificate, wall_time now) {
  bio_ptr text{BIO_new_mem_buf(certificate.data(),
                               static_cast<int>(certificate.size()))};
  certificate_ptr parsed{
      PEM_read_bio_X509(text.get(), nullptr, nullptr, nullptr)};
  if (!parsed)
    return openssl_error("cannot read the certificate");
  const auto* from = X509_get0_notBefore(parsed.get());
  const auto* until = X509_get0_notAfter(parsed.get());
  auto at = seconds(now);
  if (X509_cmp_time(from, &at) > 0)
    return error{errc::invalid_argument,
                 "valid from " + describe(from) + " on"};
  if (X509_cmp_time(until, &at) < 0)
    return error{errc::invalid_argument, "valid until " + describe(until)};
  return unit{};
}

} // namespace troupe::pki
