#include "tests/support/tls_client.hpp"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>

namespace troupe::testing {

namespace {

X509* read_certificate(const std::string& pem) {
  BIO* in = BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()));
  X509* out = PEM_read_bio_X509(in, nullptr, nullptr, nullptr);
  BIO_free(in);
  return out;
}

EVP_PKEY* read_key(const std::string& pem) {
  BIO* in = BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()));
  EVP_PKEY* out = PEM_read_bio_PrivateKey(in, nullptr, nullptr, nullptr);
  BIO_free(in);
  return out;
}

} // namespace

struct tls_client::impl {
  SSL_CTX* context = nullptr;
  SSL* session = nullptr;
  int socket = -1;
  bool connected = false;
  bool late = false; ///< the last read's deadline passed
  std::string pending;

  /// False at the end of the stream, on an error, or after the deadline.
  bool fill() {
    char buffer[16 * 1024];
    const int got = SSL_read(session, buffer, sizeof buffer);
    late = got <= 0 && SSL_get_error(session, got) == SSL_ERROR_WANT_READ;
    if (got <= 0)
      return false;
    pending.append(buffer, static_cast<std::size_t>(got));
    return true;
  }
};

tls_client::tls_client(std::uint16_t port, const std::string& ca,
                       const pki::credential& own)
    : impl_(std::make_unique<impl>()) {
  // OpenSSL writes without MSG_NOSIGNAL, and servers under test hang up.
  std::signal(SIGPIPE, SIG_IGN);
  impl_->context = SSL_CTX_new(TLS_client_method());
  X509* authority = read_certificate(ca);
  X509_STORE_add_cert(SSL_CTX_get_cert_store(impl_->context), authority);
  X509_free(authority);
  SSL_CTX_set_verify(impl_->context, SSL_VERIFY_PEER, nullptr);
  if (!own.certificate.empty()) {
    X509* certificate = read_certificate(own.certificate);
    EVP_PKEY* key = read_key(own.private_key);
    SSL_CTX_use_certificate(impl_->context, certificate);
    SSL_CTX_use_PrivateKey(impl_->context, key);
    X509_free(certificate);
    EVP_PKEY_free(key);
  }
  impl_->socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  constexpr timeval deadline{30, 0};
  setsockopt(impl_->socket, SOL_SOCKET, SO_RCVTIMEO, &deadline,
             sizeof deadline);
  constexpr int on = 1;
  setsockopt(impl_->socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  impl_->session = SSL_new(impl_->context);
  if (connect(impl_->socket, reinterpret_cast<sockaddr*>(&address),
              sizeof address)
      != 0)
    return;
  SSL_set_fd(impl_->session, impl_->socket);
  impl_->connected = SSL_connect(impl_->session) == 1;
}

tls_client::~tls_client() {
  SSL_free(impl_->session);
  SSL_CTX_free(impl_->context);
  close(impl_->socket);
}

bool tls_client::connected() const {
  return impl_->connected;
}

bool tls_client::send(const std::string& text) {
  return SSL_write(impl_->session, text.data(), static_cast<int>(text.size()))
         == static_cast<int>(text.size());
}

std::string tls_client::read_until(const std::string& text) {
  auto found = impl_->pending.find(text);
  while (found == std::string::npos && impl_->fill())
    found = impl_->pending.find(text);
  const auto length =
      found == std::string::npos ? impl_->pending.size() : found + text.size();
  auto out = impl_->pending.substr(0, length);
  impl_->pending.erase(0, length);
  return out;
}

std::pair<std::string, std::string> tls_client::read_answer() {
  auto head = read_until("\r\n\r\n");
  const std::string field = "Content-Length: ";
  const auto at = head.find(field);
  const std::size_t length =
      at == head.npos ? 0 : std::stoul(head.substr(at + field.size()));
  while (impl_->pending.size() < length && impl_->fill()) {
  }
  auto body = impl_->pending.substr(0, length);
  impl_->pending.erase(0, length);
  return {std::move(head), std::move(body)};
}

bool tls_client::at_end() {
  return impl_->pending.empty() && !impl_->fill() && !impl_->late;
}

} // namespace troupe::testing
