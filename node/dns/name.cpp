#include "node/dns/name.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace troupe::dns {

namespace {

constexpr std::size_t header_octets = 12;
constexpr unsigned pointer_bits = 0xc0;
constexpr std::string_view reverse_v4 = "in-addr.arpa";
constexpr std::string_view reverse_v6 = "ip6.arpa";
constexpr std::string_view hex_digits = "0123456789abcdef";

unsigned octet(char c) {
  return static_cast<unsigned char>(c);
}

/// std::tolower would ask the locale.
char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool is_plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'
         || c == '_';
}

void append_octet(std::string& to, char c) {
  c = lower(c);
  if (is_plain(c)) {
    to += c;
    return;
  }
  const auto digits = std::to_string(octet(c));
  to += '\\';
  to.append(3 - digits.size(), '0').append(digits);
}

error malformed(const char* what) {
  return {errc::corrupt, std::string{"a name with "} + what};
}

std::vector<std::string_view> split(std::string_view name) {
  std::vector<std::string_view> out;
  while (!name.empty()) {
    const auto end = std::min(name.find('.'), name.size());
    out.push_back(name.substr(0, end));
    name.remove_prefix(std::min(end + 1, name.size()));
  }
  return out;
}

/// The labels before `zone`; none when it is not below it.
std::optional<std::vector<std::string_view>> below(std::string_view name,
                                                   std::string_view zone) {
  if (name.size() <= zone.size() || !is_within(name, zone))
    return std::nullopt;
  return split(name.substr(0, name.size() - zone.size() - 1));
}

std::optional<ip_address>
forward_v4(const std::vector<std::string_view>& labels) {
  if (labels.size() != 4)
    return std::nullopt;
  std::string text;
  for (auto at = labels.rbegin(); at != labels.rend(); ++at)
    text.append(text.empty() ? "" : ".").append(*at);
  auto address = ip_address::parse(text);
  if (!address || address->family() != ip_family::v4)
    return std::nullopt;
  return *address;
}

std::optional<ip_address>
forward_v6(const std::vector<std::string_view>& labels) {
  std::array<std::uint8_t, 16> octets{};
  if (labels.size() != 2 * octets.size())
    return std::nullopt;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const auto digit =
        labels[i].size() == 1 ? hex_digits.find(labels[i]) : hex_digits.npos;
    if (digit == hex_digits.npos)
      return std::nullopt;
    auto& to = octets[octets.size() - 1 - i / 2];
    to = static_cast<std::uint8_t>(to | (digit << (i % 2 == 0 ? 0 : 4)));
  }
  return ip_address::v6(octets);
}

} // namespace

result<read_name> name_at(bytes_view message, std::size_t at) {
  read_name out;
  std::size_t octets = 1; // the final zero
  std::size_t piece = at; // where the labels that are being read began
  bool jumped = false;
  while (true) {
    if (at >= message.size())
      return malformed("no end");
    const auto length = octet(message[at]);
    if ((length & pointer_bits) == pointer_bits) {
      if (at + 1 >= message.size())
        return malformed("no end");
      const std::size_t to =
          (length & ~pointer_bits) << 8 | octet(message[at + 1]);
      if (to >= piece || to < header_octets)
        return malformed("a pointer that leads nowhere");
      if (!jumped)
        out.end = at + 2;
      jumped = true;
      at = piece = to;
      continue;
    }
    if (length > label_octets_max)
      return malformed("a label of an unknown kind");
    if (length == 0) {
      if (!jumped)
        out.end = at + 1;
      return out;
    }
    octets += 1 + length;
    if (octets > name_octets_max)
      return malformed("too many octets");
    if (length >= message.size() - at)
      return malformed("no end");
    if (!out.text.empty())
      out.text += '.';
    for (const char c : message.substr(at + 1, length))
      append_octet(out.text, c);
    at += 1 + length;
  }
}

result<std::string> to_name_text(std::string_view written) {
  if (written.ends_with('.'))
    written.remove_suffix(1);
  std::string out;
  std::size_t octets = 1;
  for (const auto label : split(written)) {
    octets += 1 + label.size();
    if (label.empty() || label.size() > label_octets_max
        || octets > name_octets_max)
      return error{errc::invalid_argument,
                   std::string{written} + " is no name of DNS"};
    if (!out.empty())
      out += '.';
    for (const char c : label)
      append_octet(out, c);
  }
  return out;
}

bytes label_octets(std::string_view label) {
  bytes out;
  for (std::size_t i = 0; i < label.size(); ++i) {
    if (label[i] != '\\') {
      out += label[i];
      continue;
    }
    unsigned value = 0;
    for (std::size_t digit = 0; digit < 3; ++digit) {
      ++i;
      TROUPE_CHECK(i < label.size() && label[i] >= '0' && label[i] <= '9',
                   "an escape in a name has three digits");
      value = value * 10 + static_cast<unsigned>(label[i] - '0');
    }
    out += static_cast<char>(value);
  }
  return out;
}

bool is_within(std::string_view name, std::string_view zone) {
  if (zone.empty() || name == zone)
    return true;
  return name.size() > zone.size() && name.ends_with(zone)
         && name[name.size() - zone.size() - 1] == '.';
}

std::optional<ip_address> reverse_address(std::string_view name) {
  if (const auto labels = below(name, reverse_v4))
    return forward_v4(*labels);
  if (const auto labels = below(name, reverse_v6))
    return forward_v6(*labels);
  return std::nullopt;
}

std::string reverse_name(const ip_address& address) {
  const auto octets = address.octets();
  const bool four = address.family() == ip_family::v4;
  std::string out;
  for (auto at = octets.rbegin(); at != octets.rend(); ++at) {
    if (four) {
      out.append(std::to_string(octet(*at))).append(".");
      continue;
    }
    for (const auto digit : {octet(*at) & 0xf, octet(*at) >> 4})
      out.append(1, hex_digits[digit]).append(".");
  }
  return out.append(four ? reverse_v4 : reverse_v6);
}

} // namespace troupe::dns
