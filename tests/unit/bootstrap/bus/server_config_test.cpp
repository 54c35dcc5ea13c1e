#include "bootstrap/bus/server_config.hpp"
#include "runtime/nats/nkey.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::bus;

namespace {

const wall_time now{std::chrono::seconds{1'700'000'000}};

server_config some_config() {
  server_config out;
  out.name = "s1";
  out.address = "10.88.0.2";
  out.port = 4222;
  out.certificate_file = "/c/pki/nats.crt";
  out.private_key_file = "/c/pki/nats.key";
  out.authority_file = "/c/pki/ca.crt";
  out.pid_file = "/c/run/nats.pid";
  out.log_file = "/c/log/nats.log";
  return out;
}

} // namespace

TEST_CASE("the configuration of a nats-server", "[bus]") {
  const auto by = make_authority("c1", now);
  const auto account =
      nkey::parse(by.account_seed, nkey_kind::account)->public_key();
  auto config = some_config();
  const std::string head = "server_name: \"s1\"\n"
                           "host: \"10.88.0.2\"\n"
                           "port: 4222\n"
                           "pid_file: \"/c/run/nats.pid\"\n"
                           "log_file: \"/c/log/nats.log\"\n"
                           "max_payload: 8388608\n"
                           "ping_interval: \"2s\"\n"
                           "ping_max: 2\n"
                           "tls {\n"
                           "  cert_file: \"/c/pki/nats.crt\"\n"
                           "  key_file: \"/c/pki/nats.key\"\n";
  const std::string tail = "}\n"
                           "operator: \""
                           + by.operator_jwt
                           + "\"\n"
                             "resolver: MEMORY\n"
                             "resolver_preload {\n"
                             "  "
                           + account + ": \"" + by.account_jwt + "\"\n}\n";
  CHECK(server_config_text(config, by).value() == head + tail);
  config.verify_clients = true;
  CHECK(server_config_text(config, by).value()
        == head + "  ca_file: \"/c/pki/ca.crt\"\n  verify: true\n" + tail);
}

TEST_CASE("one of several nats-servers", "[bus]") {
  auto by = make_authority("c1", now);
  by.route_password = "SECRET7";
  auto config = some_config();
  const auto alone = server_config_text(config, by).value();
  config.cluster_name = "c1";
  config.route_port = 6222;
  CHECK(server_config_text(config, by).value() == alone);
  config.routes = {{"10.88.0.3", 6222}, {"10.88.0.4", 6223}};
  const auto text = server_config_text(config, by).value();
  const std::string cluster = R"(cluster {
  name: "c1"
  host: "10.88.0.2"
  port: 6222
  no_advertise: true
  tls {
    cert_file: "/c/pki/nats.crt"
    key_file: "/c/pki/nats.key"
    ca_file: "/c/pki/ca.crt"
    verify: true
    timeout: 5
  }
  authorization {
    user: "route"
    password: "SECRET7"
    timeout: 5
  }
  routes [
    "tls://route:SECRET7@10.88.0.3:6222"
    "tls://route:SECRET7@10.88.0.4:6223"
  ]
}
)";
  const auto at = alone.find("operator:");
  CHECK(text == alone.substr(0, at) + cluster + alone.substr(at));
  by.route_password.clear();
  const auto open = server_config_text(config, by);
  REQUIRE_FALSE(open.has_value());
  CHECK(open.error().code == errc::invalid_argument);
}

TEST_CASE("a path that cannot be quoted", "[bus]") {
  const auto by = make_authority("c1", now);
  auto config = some_config();
  config.log_file = "/c/\"log";
  const auto made = server_config_text(config, by);
  REQUIRE_FALSE(made.has_value());
  CHECK(made.error().code == errc::invalid_argument);
  CHECK(made.error().message.find("log_file") != std::string::npos);
}
