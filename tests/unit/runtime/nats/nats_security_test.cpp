#include "runtime/base/clock.hpp"
#include "runtime/nats/credentials.hpp"
#include "tests/support/nats_process.hpp"

#include <catch2/catch.hpp>
#include <nats/nats.h>
#include <poll.h>

#include <cstdlib>
#include <cstring>
#include <memory>
#include <optional>

using namespace troupe;
using namespace troupe::test;

namespace {

const bus_peer s1{"server", "s1"};
const bus_peer n1{"node", "n1"};
const bus_peer n2{"node", "n2"};

/// How long a test waits for what must come, in milliseconds.
constexpr std::int64_t patience = 60'000;

template <class F>
bool eventually(F&& holds) {
  const auto deadline = mono_now() + std::chrono::milliseconds{patience};
  while (!holds()) {
    if (mono_now() > deadline)
      return false;
    poll(nullptr, 0, 5);
  }
  return true;
}

natsStatus give_jwt(char** jwt, char**, void* closure) {
  *jwt = strdup(static_cast<bus::nats_credentials*>(closure)->jwt.c_str());
  return NATS_OK;
}

natsStatus sign(char**, unsigned char** out, int* length, const char* nonce,
                void* closure) {
  const auto made =
      static_cast<bus::nats_credentials*>(closure)->key.sign(nonce);
  *out = static_cast<unsigned char*>(std::malloc(made.size()));
  std::memcpy(*out, made.data(), made.size());
  *length = static_cast<int>(made.size());
  return NATS_OK;
}

/// A client that plays by no rules of ours.
class rude_client {
public:
  explicit rude_client(const nats_config& config, bool tls = true) {
    if (!config.credentials.empty())
      credentials_ = *bus::parse_credentials(config.credentials);
    natsOptions_Create(&options_);
    const auto& given = config.urls.front();
    const auto url = tls ? given : "nats" + given.substr(3);
    natsOptions_SetURL(options_, url.c_str());
    natsOptions_SetAllowReconnect(options_, false);
    natsOptions_SetTimeout(options_, patience);
    if (tls) {
      natsOptions_SetSecure(options_, true);
      natsOptions_SetCATrustedCertificates(options_, config.ca_pem.c_str());
    }
    if (!config.certificate_pem.empty())
      natsOptions_SetCertificatesChain(options_, config.certificate_pem.c_str(),
                                       config.private_key_pem.c_str());
    if (!config.credentials.empty())
      natsOptions_SetUserCredentialsCallbacks(
          options_, give_jwt, &*credentials_, sign, &*credentials_);
    // nats.c sends no signature that begins with zero (signature_test.cpp), and
    // the server waits two seconds for one; who is not let in never is.
    for (int i = 0; i < 10 && connection_ == nullptr; ++i)
      status_ = natsConnection_Connect(&connection_, options_);
  }

  ~rude_client() {
    natsSubscription_Destroy(subscription_);
    natsConnection_Destroy(connection_);
    natsOptions_Destroy(options_);
  }

  natsStatus status() const { return status_; }

  void subscribe(const std::string& subject) {
    REQUIRE(natsConnection_SubscribeSync(&subscription_, connection_,
                                         subject.c_str())
            == NATS_OK);
    flush();
  }

  void publish(const std::string& subject) {
    REQUIRE(natsConnection_PublishString(connection_, subject.c_str(), "x")
            == NATS_OK);
    flush();
  }

  /// The server has done all that was asked, and what it sent before is here.
  void flush() {
    REQUIRE(natsConnection_FlushTimeout(connection_, patience) == NATS_OK);
  }

  /// The subject of the next message.
  std::string next() {
    natsMsg* message = nullptr;
    REQUIRE(natsSubscription_NextMsg(&message, subscription_, patience)
            == NATS_OK);
    std::string subject = natsMsg_GetSubject(message);
    natsMsg_Destroy(message);
    return subject;
  }

  /// Whether a message is here.
  bool has_next() {
    natsMsg* message = nullptr;
    const auto status = natsSubscription_NextMsg(&message, subscription_, 1);
    natsMsg_Destroy(message);
    return status == NATS_OK;
  }

private:
  std::optional<bus::nats_credentials> credentials_;
  natsOptions* options_ = nullptr;
  natsConnection* connection_ = nullptr;
  natsSubscription* subscription_ = nullptr;
  natsStatus status_ = NATS_OK;
};

/// Whether what `from` publishes on `subject` reaches `to`, who subscribed to
/// `pattern`. A message that is allowed follows, so that nothing is waited for
/// in vain.
bool passes(nats_process& server, const bus_peer& from,
            const std::string& subject, const bus_peer& to,
            const std::string& pattern, const bus_peer& ally,
            const std::string& allowed) {
  rude_client receiver{server.config_for(to)};
  rude_client sender{server.config_for(from)};
  rude_client friendly{server.config_for(ally)};
  REQUIRE(receiver.status() == NATS_OK);
  REQUIRE(sender.status() == NATS_OK);
  receiver.subscribe(pattern);
  sender.publish(subject);
  friendly.publish(allowed);
  return receiver.next() == subject;
}

} // namespace

TEST_CASE("permissions pin who speaks and who hears", "[nats]") {
  nats_process server;
  const std::string uid = nats_process::cluster_uid;
  struct row {
    const char* name;
    bus_peer from;
    std::string subject;
    bus_peer to;
    std::string pattern;
    bool want;
  };
  const auto to_s1 = uid + ".*.*.server.s1.>";
  const auto to_n1 = uid + ".server.*.node.n1.>";
  const row rows[] = {
      {"a node to a server", n1, uid + ".node.n1.server.s1.control", s1, to_s1,
       true},
      {"a node as another node", n1, uid + ".node.n2.server.s1.control", s1,
       to_s1, false},
      {"a node as a server", n1, uid + ".server.s2.server.s1.control", s1,
       to_s1, false},
      {"a node as nobody", n1, uid + ".nobody.7.server.s1.control", s1, to_s1,
       false},
      {"a server to a node", s1, uid + ".server.s1.node.n1.bulk", n1, to_n1,
       true},
      {"a server as another", s1, uid + ".server.s2.node.n1.bulk", n1, to_n1,
       false},
      {"a node to a node", n2, uid + ".node.n2.node.n1.control", n1, to_n1,
       false},
  };
  for (auto& one : rows) {
    CAPTURE(one.name);
    const auto ally = one.to == s1 ? n2 : s1;
    const auto allowed = one.to == s1 ? uid + ".node.n2.server.s1.bulk"
                                      : uid + ".server.s1.node.n1.control";
    CHECK(passes(server, one.from, one.subject, one.to, one.pattern, ally,
                 allowed)
          == one.want);
  }
}

TEST_CASE("nobody reads what is for others", "[nats]") {
  nats_process server;
  const std::string uid = nats_process::cluster_uid;
  rude_client own{server.config_for(n1)};
  rude_client sender{server.config_for(s1)};
  own.subscribe(uid + ".server.*.node.n1.>");
  for (auto pattern : {std::string{">"}, uid + ".>",
                       uid + ".server.*.node.n1.>", uid + ".*.*.node.n1.>",
                       std::string{"$SYS.>"}, std::string{"_INBOX.>"}}) {
    CAPTURE(pattern);
    rude_client spy{server.config_for(n2)};
    spy.subscribe(pattern);
    sender.publish(uid + ".server.s1.node.n1.control");
    CHECK(own.next() == uid + ".server.s1.node.n1.control");
    spy.flush();
    CHECK_FALSE(spy.has_next());
  }
}

TEST_CASE("who is not let in", "[nats]") {
  nats_process server;
  auto config = server.config_for(n1);
  CHECK(rude_client{config}.status() == NATS_OK);
  SECTION("without TLS") {
    CHECK(rude_client(config, false).status() != NATS_OK);
  }
  SECTION("without credentials") {
    config.credentials.clear();
    CHECK(rude_client{config}.status() != NATS_OK);
  }
  SECTION("with those of another cluster") {
    auto other = bus::make_authority(nats_process::cluster_uid, wall_now());
    config.credentials = *bus::issue_credentials(
        other, nats_process::cluster_uid, n1, wall_now());
    CHECK(rude_client{config}.status() != NATS_OK);
  }
  SECTION("a server that another authority vouches for") {
    const auto now = wall_now();
    config.ca_pem = pki::make_authority("other", now - std::chrono::hours{1},
                                        now + std::chrono::hours{1})
                        ->certificate;
    CHECK(rude_client{config}.status() != NATS_OK);
  }
}

TEST_CASE("clients show a certificate where the server asks for one",
          "[nats]") {
  nats_process server{true};
  auto config = server.config_for(n1);
  CHECK(rude_client{config}.status() != NATS_OK);
  const auto own = loopback_certificate(server.authority(), pki::usage::client);
  config.certificate_pem = own.certificate;
  config.private_key_pem = own.private_key;
  CHECK(rude_client{config}.status() == NATS_OK);
  auto joined = make_nats_messenger(config);
  REQUIRE(joined.has_value());
  CHECK(eventually([&] { return (*joined)->connected(); }));
}

TEST_CASE("a messenger that comes before its bus", "[nats]") {
  nats_process server;
  server.kill();
  auto early = make_nats_messenger(server.config_for(n1));
  REQUIRE(early.has_value());
  CHECK_FALSE((*early)->connected());
  server.start();
  CHECK(eventually([&] { return (*early)->connected(); }));
}

TEST_CASE("a messenger that cannot be", "[nats]") {
  nats_process server;
  auto config = server.config_for(n1);
  SECTION("no credentials") {
    config.credentials = "nonsense";
  }
  SECTION("no authority") {
    config.ca_pem = "nonsense";
  }
  SECTION("a key without its certificate") {
    config.private_key_pem = "x";
  }
  SECTION("no process") {
    config.self = {"server", "any"};
  }
  auto made = make_nats_messenger(config);
  REQUIRE_FALSE(made.has_value());
  CHECK(made.error().code == errc::invalid_argument);
}
