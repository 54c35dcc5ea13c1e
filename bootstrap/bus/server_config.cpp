#include "bootstrap/bus/server_config.hpp"

#include "runtime/nats/nkey.hpp"

#include <algorithm>

namespace troupe::bus {

namespace {

/// Room for an envelope with the largest payload and for what surrounds it.
constexpr const char* max_payload = "8388608";

/// A process that stands still is let go within six seconds: what is for any
/// server shall not go to one that does not hear.
constexpr const char* ping_interval = "2s";
constexpr const char* pings_out_max = "2";

constexpr const char* route_user = "route";

/// Quoted text in NATS' configuration knows no way to write these.
bool can_quote(const std::string& text) {
  return std::ranges::none_of(text, [](char c) {
    return c == '"' || c == '\\' || static_cast<unsigned char>(c) < ' ';
  });
}

class config_writer {
public:
  void quoted(const char* name, const std::string& value) {
    plain(name, quote(name, value));
  }

  void plain(const std::string& name, const std::string& value) {
    text_ += indent_ + name + ": " + value + "\n";
  }

  void list(const char* name, const std::vector<std::string>& values) {
    open(name, '[');
    for (const auto& value : values)
      text_ += indent_ + quote(name, value) + "\n";
    close(']');
  }

  void open(const char* name, char bracket = '{') {
    text_ += indent_ + name + " " + bracket + "\n";
    indent_ += "  ";
  }

  void close(char bracket = '}') {
    indent_.resize(indent_.size() - 2);
    text_ += indent_ + bracket + "\n";
  }

  result<std::string> take() && {
    if (!unfit_.empty())
      return error{errc::invalid_argument,
                   "bus: " + unfit_ + " has a character that cannot be quoted"};
    return std::move(text_);
  }

private:
  std::string quote(const char* name, const std::string& value) {
    if (!can_quote(value))
      unfit_ = name;
    return "\"" + value + "\"";
  }

  std::string text_;
  std::string indent_;
  std::string unfit_;
};

/// Seconds; a LAN is quick, and a server that has just started is slow.
constexpr const char* route_timeout = "5";

/// Whoever has the password and a certificate of the cluster's may speak for
/// everybody on the bus: that is the other nats-servers alone.
void add_cluster(config_writer& out, const server_config& config,
                 const authority& by) {
  std::vector<std::string> routes;
  for (const auto& [address, port] : config.routes)
    routes.push_back("tls://" + std::string{route_user} + ":"
                     + by.route_password + "@" + address + ":"
                     + std::to_string(port));
  out.open("cluster");
  out.quoted("name", config.cluster_name);
  out.quoted("host", config.address);
  out.plain("port", std::to_string(config.route_port));
  out.plain("no_advertise", "true");
  out.open("tls");
  out.quoted("cert_file", config.certificate_file);
  out.quoted("key_file", config.private_key_file);
  out.quoted("ca_file", config.authority_file);
  out.plain("verify", "true");
  out.plain("timeout", route_timeout);
  out.close();
  out.open("authorization");
  out.quoted("user", route_user);
  out.quoted("password", by.route_password);
  out.plain("timeout", route_timeout);
  out.close();
  out.list("routes", routes);
  out.close();
}

} // namespace

result<std::string> server_config_text(const server_config& config,
                                       const authority& by) {
  const auto account = nkey::parse(by.account_seed, nkey_kind::account);
  if (!account)
    return account.error();
  if (!config.routes.empty() && by.route_password.empty())
    return error{errc::invalid_argument,
                 "bus: routes need a password, and there is none"};
  config_writer out;
  out.quoted("server_name", config.name);
  out.quoted("host", config.address);
  out.plain("port", std::to_string(config.port));
  out.quoted("pid_file", config.pid_file);
  out.quoted("log_file", config.log_file);
  out.plain("max_payload", max_payload);
  out.plain("ping_interval", "\"" + std::string{ping_interval} + "\"");
  out.plain("ping_max", pings_out_max);
  out.open("tls");
  out.quoted("cert_file", config.certificate_file);
  out.quoted("key_file", config.private_key_file);
  if (config.verify_clients) {
    out.quoted("ca_file", config.authority_file);
    out.plain("verify", "true");
  }
  out.close();
  if (!config.routes.empty())
    add_cluster(out, config, by);
  out.quoted("operator", by.operator_jwt);
  out.plain("resolver", "MEMORY");
  out.open("resolver_preload");
  out.plain(account->public_key(), "\"" + by.account_jwt + "\"");
  out.close();
  return std::move(out).take();
}

} // namespace troupe::bus
