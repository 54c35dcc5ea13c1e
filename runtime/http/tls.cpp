#include "runtime/http/tls.hpp"

#include <openssl/err.h>
#include <openssl/x509.h>

namespace troupe::http {

namespace ssl = boost::asio::ssl;

namespace {

error tls_error(const char* what, const boost::system::error_code& code) {
  return {errc::invalid_argument, std::string{what} + ": " + code.message()};
}

std::string to_utf8(const ASN1_STRING* text) {
  unsigned char* buffer = nullptr;
  const int length = ASN1_STRING_to_UTF8(&buffer, text);
  if (length < 0)
    return {};
  std::string out{reinterpret_cast<char*>(buffer),
                  static_cast<std::size_t>(length)};
  OPENSSL_free(buffer);
  return out;
}

} // namespace

result<ssl::context> make_tls_context(const tls_config& config) {
  ssl::context context{ssl::context::tls_server};
  boost::system::error_code code;
  context.set_options(ssl::context::default_workarounds | ssl::context::no_sslv2
                          | ssl::context::no_sslv3 | ssl::context::no_tlsv1
                          | ssl::context::no_tlsv1_1,
                      code);
  if (code)
    return tls_error("TLS options", code);
  context.use_certificate_chain(boost::asio::buffer(config.certificate_chain),
                                code);
  if (code)
    return tls_error("server certificate", code);
  context.use_private_key(boost::asio::buffer(config.private_key),
                          ssl::context::pem, code);
  if (code)
    return tls_error("server private key", code);
  context.add_certificate_authority(boost::asio::buffer(config.client_ca),
                                    code);
  if (code)
    return tls_error("client CA", code);
  context.set_verify_mode(ssl::verify_peer, code);
  if (code)
    return tls_error("TLS verification", code);
  auto* native = context.native_handle();
  // A peer's certificate is not kept in tickets: resumption would skip it.
  SSL_CTX_set_session_cache_mode(native, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_options(native, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_set_num_tickets(native, 0);
  SSL_CTX_set_mode(native, SSL_MODE_RELEASE_BUFFERS);
  return context;
}

void read_peer_certificate(SSL* session, http_peer& peer) {
  if (SSL_get_verify_result(session) != X509_V_OK)
    return;
  X509* certificate = SSL_get1_peer_certificate(session);
  if (certificate == nullptr)
    return;
  X509_NAME* subject = X509_get_subject_name(certificate);
  for (int i = 0; i < X509_NAME_entry_count(subject); ++i) {
    const auto* entry = X509_NAME_get_entry(subject, i);
    const int kind = OBJ_obj2nid(X509_NAME_ENTRY_get_object(entry));
    if (kind == NID_commonName)
      peer.common_name = to_utf8(X509_NAME_ENTRY_get_data(entry));
    else if (kind == NID_organizationName)
      peer.organizations.push_back(to_utf8(X509_NAME_ENTRY_get_data(entry)));
  }
  X509_free(certificate);
}

} // namespace troupe::http
