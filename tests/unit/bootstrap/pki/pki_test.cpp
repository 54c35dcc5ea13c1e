#include "bootstrap/pki/pki.hpp"

#include <catch2/catch.hpp>
#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <memory>

using namespace troupe;
using namespace troupe::pki;

namespace {

using x509_ptr = std::unique_ptr<X509, decltype(&X509_free)>;

x509_ptr parse(const std::string& pem) {
  BIO* in = BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()));
  X509* out = PEM_read_bio_X509(in, nullptr, nullptr, nullptr);
  BIO_free(in);
  return {out, &X509_free};
}

const wall_time start{std::chrono::seconds{1'800'000'000}};
const wall_time end = start + std::chrono::hours{24};

int verify(const std::string& ca, const std::string& leaf, int purpose,
           wall_time at) {
  auto authority = parse(ca);
  auto certificate = parse(leaf);
  X509_STORE* store = X509_STORE_new();
  X509_STORE_add_cert(store, authority.get());
  X509_STORE_CTX* context = X509_STORE_CTX_new();
  X509_STORE_CTX_init(context, store, certificate.get(), nullptr);
  X509_STORE_CTX_set_purpose(context, purpose);
  X509_VERIFY_PARAM_set_time(
      X509_STORE_CTX_get0_param(context),
      std::chrono::duration_cast<std::chrono::seconds>(at.time_since_epoch())
          .count());
  X509_verify_cert(context);
  const int code = X509_STORE_CTX_get_error(context);
  X509_STORE_CTX_free(context);
  X509_STORE_free(store);
  return code;
}

} // namespace

TEST_CASE("a certificate verifies for its usage, its authority and its time") {
  const auto ca = make_authority("troupe-ca", start, end).value();
  const auto other = make_authority("other-ca", start, end).value();
  const auto client = issue(ca, {{"admin", {"system:masters", "dev"}},
                                 usage::client,
                                 {},
                                 {},
                                 start,
                                 end})
                          .value();
  const auto middle = start + std::chrono::hours{1};
  CHECK(verify(ca.certificate, client.certificate, X509_PURPOSE_SSL_CLIENT,
               middle)
        == X509_V_OK);
  CHECK(verify(ca.certificate, client.certificate, X509_PURPOSE_SSL_SERVER,
               middle)
        != X509_V_OK);
  CHECK(verify(other.certificate, client.certificate, X509_PURPOSE_SSL_CLIENT,
               middle)
        != X509_V_OK);
  CHECK(verify(ca.certificate, client.certificate, X509_PURPOSE_SSL_CLIENT,
               end + std::chrono::hours{1})
        == X509_V_ERR_CERT_HAS_EXPIRED);
}

TEST_CASE("a server certificate carries its names and addresses") {
  const auto ca = make_authority("troupe-ca", start, end).value();
  const auto server = issue(ca, {{"kube-apiserver", {}},
                                 usage::server,
                                 {"kubernetes", "localhost"},
                                 {"127.0.0.1", "10.0.0.1"},
                                 start,
                                 end})
                          .value();
  auto certificate = parse(server.certificate);
  CHECK(X509_check_host(certificate.get(), "localhost", 0, 0, nullptr) == 1);
  CHECK(X509_check_host(certificate.get(), "example", 0, 0, nullptr) == 0);
  CHECK(X509_check_ip_asc(certificate.get(), "127.0.0.1", 0) == 1);
  CHECK(X509_check_ip_asc(certificate.get(), "127.0.0.2", 0) == 0);
}

TEST_CASE("an authority that does not parse is refused") {
  const auto failed = issue({"no PEM", "no PEM"}, {{"x", {}}, usage::client});
  REQUIRE_FALSE(failed);
  CHECK(failed.error().code == errc::invalid_argument);
}

TEST_CASE("a certificate's time is told apart from before and after") {
  const auto ca = make_authority("troupe-ca", start, end).value();
  const auto hour = std::chrono::hours{1};
  CHECK(check_validity(ca.certificate, start + hour));
  CHECK(check_validity(ca.certificate, start - hour).error().message
        == "valid from Jan 15 08:00:00 2027 GMT on");
  CHECK(check_validity(ca.certificate, end + hour).error().message
        == "valid until Jan 16 08:00:00 2027 GMT");
  CHECK_FALSE(check_validity("no certificate", start));
}
