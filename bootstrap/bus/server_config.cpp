#include "bootstrap/bus/server_config.hpp"

#include "runtime/nats/nkey.hpp"

#include <algorithm>

namespace troupe::bus {

namespace {

/// Room for an envelope with the largest payload and for what surrounds it.
constexpr const char* max_payload = "8388608";

/// Quoted text in NATS' configuration knows no way to write these.
bool can_quote(const std::string& text) {
  return std::ranges::none_of(text, [](char c) {
    return c == '"' || c == '\\' || static_cast<unsigned char>(c) < ' ';
  });
}

class config_writer {
public:
  void quoted(const char* name, const std::string& value) {
    if (can_quote(value))
      plain(name, "\"" + value + "\"");
    else
      unfit_ = name;
  }

  void plain(const std::string& name, const std::string& value) {
    text_ += indent_ + name + ": " + value + "\n";
  }

  void open(const char* name) {
    text_ += std::string{name} + " {\n";
    indent_ = "  ";
  }

  void close() {
    text_ += "}\n";
    indent_.clear();
  }

  result<std::string> take() && {
    if (!unfit_.empty())
      return error{errc::invalid_argument,
                   "bus: " + unfit_ + " has a character that cannot be quoted"};
    return std::move(text_);
  }

private:
  std::string text_;
  std::string indent_;
  std::string unfit_;
};

} // namespace

result<std::string> server_config_text(const server_config& config,
                                       const authority& by) {
  const auto account = nkey::parse(by.account_seed, nkey_kind::account);
  if (!account)
    return account.error();
  config_writer out;
  out.quoted("server_name", config.name);
  out.quoted("host", config.address);
  out.plain("port", std::to_string(config.port));
  out.quoted("pid_file", config.pid_file);
  out.quoted("log_file", config.log_file);
  out.plain("max_payload", max_payload);
  out.open("tls");
  out.quoted("cert_file", config.certificate_file);
  out.quoted("key_file", config.private_key_file);
  if (config.verify_clients) {
    out.quoted("ca_file", config.authority_file);
    out.plain("verify", "true");
  }
  out.close();
  out.quoted("operator", by.operator_jwt);
  out.plain("resolver", "MEMORY");
  out.open("resolver_preload");
  out.plain(account->public_key(), "\"" + by.account_jwt + "\"");
  out.close();
  return std::move(out).take();
}

} // namespace troupe::bus
