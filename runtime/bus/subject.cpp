#include "runtime/bus/subject.hpp"

#include "messages/protocol/envelope.hpp"

#include <array>
#include <charconv>

namespace troupe::bus {

namespace {

constexpr std::size_t tokens_count = 6;

bool is_plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
         || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

/// Upper case only: a token has one spelling.
int digit_of(char c) {
  if (c >= '0' && c <= '9')
    return c - '0';
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

std::string join(std::initializer_list<std::string_view> tokens) {
  std::string out;
  for (auto token : tokens) {
    if (!out.empty())
      out += '.';
    out += token;
  }
  return out;
}

using token_list = std::array<std::string_view, tokens_count>;

std::optional<token_list> split(std::string_view text) {
  token_list out;
  for (std::size_t i = 0; i < tokens_count; ++i) {
    const auto dot = text.find('.');
    if ((dot == std::string_view::npos) != (i + 1 == tokens_count))
      return std::nullopt;
    out[i] = text.substr(0, dot);
    text.remove_prefix(i + 1 == tokens_count ? text.size() : dot + 1);
  }
  return out;
}

std::optional<lane> lane_named(std::string_view name) {
  for (auto one : lanes)
    if (to_string(one) == name)
      return one;
  return std::nullopt;
}

/// Who may send to a process: anybody to a server, servers to a node.
std::string_view senders_to(const bus_peer& self) {
  return self.role == node_role ? server_role : "*";
}

} // namespace

std::string_view to_string(lane value) {
  switch (value) {
    case lane::control:
      return "control";
    case lane::bulk:
      return "bulk";
    case lane::raft:
      return "raft";
    case lane::snapshot:
      break;
  }
  return "snapshot";
}

lane lane_of(message_type type) {
  switch (type) {
    case message_type::log_open:
    case message_type::command_open:
    case message_type::io_message:
      return lane::bulk;
    default:
      return lane::control;
  }
}

std::string encode_token(std::string_view text) {
  static constexpr char digits[] = "0123456789ABCDEF";
  std::string out;
  for (auto c : text) {
    if (is_plain(c)) {
      out += c;
      continue;
    }
    const auto octet = static_cast<unsigned char>(c);
    out += {'%', digits[octet >> 4], digits[octet & 15]};
  }
  return out;
}

std::optional<std::string> decode_token(std::string_view token) {
  std::string out;
  for (std::size_t i = 0; i < token.size(); ++i) {
    if (is_plain(token[i])) {
      out += token[i];
      continue;
    }
    if (token[i] != '%' || i + 2 >= token.size())
      return std::nullopt;
    const auto high = digit_of(token[i + 1]);
    const auto low = digit_of(token[i + 2]);
    if (high < 0 || low < 0)
      return std::nullopt;
    out += static_cast<char>(high * 16 + low);
    if (is_plain(out.back()))
      return std::nullopt;
    i += 2;
  }
  if (out.empty())
    return std::nullopt;
  return out;
}

std::string to_string(const subject& value) {
  return join({encode_token(value.cluster_uid), encode_token(value.from.role),
               encode_token(value.from.name), encode_token(value.to.role),
               encode_token(value.to.name), to_string(value.lane)});
}

result<subject> parse_subject(std::string_view text) {
  const error wrong{errc::corrupt, "not a subject of a cluster's bus"};
  const auto tokens = split(text);
  if (!tokens)
    return wrong;
  std::array<std::string, tokens_count - 1> texts;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    auto decoded = decode_token((*tokens)[i]);
    if (!decoded)
      return wrong;
    texts[i] = std::move(*decoded);
  }
  const auto on = lane_named(tokens->back());
  if (!on)
    return wrong;
  return subject{texts[0], {texts[1], texts[2]}, {texts[3], texts[4]}, *on};
}

std::optional<bus_peer> process_of(std::string_view address) {
  if (address.size() > address_max || !address.starts_with('/'))
    return std::nullopt;
  address.remove_prefix(1);
  const auto slash = address.find('/');
  if (slash == std::string_view::npos)
    return std::nullopt;
  const auto role = address.substr(0, slash);
  const auto rest = address.substr(slash + 1);
  const auto name = rest.substr(0, rest.find('/'));
  if ((role != server_role && role != node_role) || name.empty())
    return std::nullopt;
  return bus_peer{std::string{role}, std::string{name}};
}

bool is_process(const bus_peer& value) {
  if (value.name.empty() || value.name.find('/') != std::string::npos)
    return false;
  if (value.role == server_role)
    return value.name != any_name;
  return value.role == node_role;
}

std::vector<std::string> publish_patterns(std::string_view cluster_uid,
                                          const bus_peer& self) {
  auto own = join({encode_token(cluster_uid), encode_token(self.role),
                   encode_token(self.name)});
  if (self.role == node_role)
    own.append(".").append(server_role);
  return {own + ".>"};
}

std::vector<std::string> subscribe_patterns(std::string_view cluster_uid,
                                            const bus_peer& self) {
  const auto uid = encode_token(cluster_uid);
  const auto name = encode_token(self.name);
  std::vector<std::string> out{
      join({uid, senders_to(self), "*", self.role, name, ">"})};
  if (self.role == server_role)
    out.push_back(join({uid, "*", "*", self.role, any_name, ">"}));
  else
    out.push_back(join({uid, nobody_role, "*", self.role, name, ">"}));
  return out;
}

std::vector<subscription> subscriptions(std::string_view cluster_uid,
                                        const bus_peer& self, lane on) {
  std::vector<subscription> out;
  for (auto pattern : subscribe_patterns(cluster_uid, self)) {
    pattern.replace(pattern.size() - 1, 1, to_string(on));
    out.push_back({std::move(pattern), {}});
  }
  // What replicas say is for one of them, and never for whichever is free.
  if (on == lane::raft || on == lane::snapshot)
    out.resize(1);
  else if (self.role == server_role)
    out.back().queue = any_name;
  return out;
}

std::string nobody_subject(std::string_view cluster_uid, const bus_peer& self,
                           lane on, std::uint64_t id) {
  return to_string(subject{std::string{cluster_uid},
                           {std::string{nobody_role}, std::to_string(id)},
                           self,
                           on});
}

std::optional<std::uint64_t> nobody_id(const subject& value) {
  if (value.from.role != nobody_role)
    return std::nullopt;
  const auto& text = value.from.name;
  std::uint64_t id = 0;
  auto [end, failure] =
      std::from_chars(text.data(), text.data() + text.size(), id);
  if (failure != std::errc{} || end != text.data() + text.size())
    return std::nullopt;
  return id;
}

} // namespace troupe::bus
