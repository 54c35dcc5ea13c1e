#include "runtime/nats/credentials.hpp"

namespace troupe::bus {

namespace {

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && is_blank(text.front()))
    text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back()))
    text.remove_suffix(1);
  return text;
}

/// What stands between "-----BEGIN <name>-----" and the next line of dashes. A
/// JWT may have as many of them inside.
std::string_view section(std::string_view text, std::string_view name) {
  const auto head = "-----BEGIN " + std::string{name} + "-----";
  const auto begin = text.find(head);
  if (begin == std::string_view::npos)
    return {};
  text.remove_prefix(begin + head.size());
  const auto end = text.find("\n---");
  return end == std::string_view::npos ? std::string_view{}
                                       : trim(text.substr(0, end));
}

} // namespace

result<nats_credentials> parse_credentials(std::string_view text) {
  const auto jwt = section(text, "NATS USER JWT");
  auto key = nkey::parse(section(text, "USER NKEY SEED"), nkey_kind::user);
  if (jwt.empty() || !key)
    return error{errc::invalid_argument,
                 "bus credentials: expected a NATS user JWT and its seed"};
  return nats_credentials{std::string{jwt}, std::move(*key)};
}

} // namespace troupe::bus
