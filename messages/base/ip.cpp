#include "messages/base/ip.hpp"

#include <algorithm>
#include <charconv>
#include <limits>

namespace troupe {

namespace {

using groups = std::array<std::uint16_t, 8>;

error bad_address(std::string_view text) {
  // Long rubbish is not worth repeating; the longest address has 45 signs.
  return {errc::invalid_argument,
          "\"" + std::string{text.substr(0, 64)}
              + "\" is not an IP address (expected such "
                "as 10.9.8.7 or 2001:db8::ffff)"};
}

/// A decimal number without sign or leading zeros.
std::optional<unsigned> decimal(std::string_view text, unsigned max) {
  if (text.empty() || text.size() > 3 || (text[0] == '0' && text.size() > 1))
    return std::nullopt;
  unsigned out = 0;
  for (const char c : text) {
    if (c < '0' || c > '9')
      return std::nullopt;
    out = out * 10 + static_cast<unsigned>(c - '0');
  }
  if (out > max)
    return std::nullopt;
  return out;
}

std::optional<std::array<std::uint8_t, 4>> parse_dotted(std::string_view text) {
  std::array<std::uint8_t, 4> out{};
  for (std::size_t i = 0; i < 4; ++i) {
    const auto end = i < 3 ? text.find('.') : text.size();
    if (end == std::string_view::npos)
      return std::nullopt;
    const auto number = decimal(text.substr(0, end), 255);
    if (!number)
      return std::nullopt;
    out[i] = static_cast<std::uint8_t>(*number);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

std::optional<std::uint16_t> parse_group(std::string_view text) {
  if (text.empty() || text.size() > 4)
    return std::nullopt;
  std::uint16_t out = 0;
  const auto* end = text.data() + text.size();
  const auto [stop, failed] = std::from_chars(text.data(), end, out, 16);
  if (failed != std::errc{} || stop != end)
    return std::nullopt;
  return out;
}

/// Groups joined by ':', the last two perhaps as dotted decimal. None when
/// malformed or longer than eight.
struct group_list {
  groups values{};
  std::size_t count = 0;
};

std::optional<group_list> parse_groups(std::string_view text,
                                       bool dotted_tail) {
  group_list out;
  while (!text.empty()) {
    const auto end = std::min(text.find(':'), text.size());
    const auto part = text.substr(0, end);
    const bool last = end == text.size();
    if (last && dotted_tail && part.find('.') != std::string_view::npos) {
      const auto four = parse_dotted(part);
      if (!four || out.count > 6)
        return std::nullopt;
      for (std::size_t i = 0; i < 4; i += 2)
        out.values[out.count++] =
            static_cast<std::uint16_t>((*four)[i] << 8 | (*four)[i + 1]);
      return out;
    }
    const auto group = parse_group(part);
    if (!group || out.count == 8)
      return std::nullopt;
    out.values[out.count++] = *group;
    if (!last && end + 1 == text.size())
      return std::nullopt; // ends in a single colon
    text.remove_prefix(last ? end : end + 1);
  }
  return out;
}

std::optional<groups> parse_v6(std::string_view text) {
  const auto gap = text.find("::");
  if (gap == std::string_view::npos) {
    const auto all = parse_groups(text, true);
    if (!all || all->count != 8)
      return std::nullopt;
    return all->values;
  }
  const auto head = parse_groups(text.substr(0, gap), false);
  const auto tail = parse_groups(text.substr(gap + 2), true);
  // The gap stands for one group at least.
  if (!head || !tail || head->count + tail->count > 7)
    return std::nullopt;
  groups out = head->values;
  std::copy_n(tail->values.begin(), tail->count,
              out.end() - static_cast<std::ptrdiff_t>(tail->count));
  return out;
}

std::string format_v4(bytes_view octets) {
  std::string out;
  for (const char octet : octets) {
    if (!out.empty())
      out += '.';
    out += std::to_string(static_cast<std::uint8_t>(octet));
  }
  return out;
}

/// The leftmost longest run of two or more zero groups: [begin, end).
std::pair<std::size_t, std::size_t> longest_gap(const groups& all) {
  std::pair<std::size_t, std::size_t> best{8, 8};
  for (std::size_t i = 0; i < 8; ++i) {
    std::size_t end = i;
    while (end < 8 && all[end] == 0)
      ++end;
    if (end - i >= 2 && end - i > best.second - best.first)
      best = {i, end};
    i = std::max(i, end == i ? i : end - 1);
  }
  return best;
}

void append_hex(std::string& out, std::uint16_t group) {
  std::array<char, 4> digits{};
  const auto [end, failed] =
      std::to_chars(digits.data(), digits.data() + digits.size(), group, 16);
  TROUPE_CHECK(failed == std::errc{}, "four digits hold 16 bits");
  out.append(digits.data(), end);
}

std::string format_v6(bytes_view octets) {
  groups all{};
  for (std::size_t i = 0; i < 8; ++i)
    all[i] = static_cast<std::uint16_t>(
        static_cast<std::uint8_t>(octets[2 * i]) << 8
        | static_cast<std::uint8_t>(octets[2 * i + 1]));
  const auto [gap, gap_end] = longest_gap(all);
  // RFC 5952 section 5: a mapped IPv4 address is written as one.
  if (gap == 0 && gap_end == 5 && all[5] == 0xffff)
    return "::ffff:" + format_v4(octets.substr(12));
  std::string out;
  for (std::size_t i = 0; i < 8; ++i) {
    if (i == gap) {
      out += "::";
      i = gap_end - 1;
      continue;
    }
    if (!out.empty() && out.back() != ':')
      out += ':';
    append_hex(out, all[i]);
  }
  return out;
}

/// The address with every bit from `length` on cleared.
ip_address masked(const ip_address& address, unsigned length) {
  bytes out{address.octets()};
  for (std::size_t i = 0; i < out.size(); ++i) {
    const unsigned start = static_cast<unsigned>(i) * 8;
    const unsigned kept = length > start ? std::min(8U, length - start) : 0;
    out[i] = static_cast<char>(static_cast<std::uint8_t>(out[i])
                               & (0xff00U >> kept));
  }
  return *ip_address::from_octets(out);
}

} // namespace

std::string_view to_string(ip_family family) {
  return family == ip_family::v4 ? "IPv4" : "IPv6";
}

ip_address ip_address::v4(std::array<std::uint8_t, 4> octets) {
  ip_address out;
  std::copy(octets.begin(), octets.end(), out.octets_.begin());
  return out;
}

ip_address ip_address::v6(std::array<std::uint8_t, 16> octets) {
  ip_address out;
  out.family_ = ip_family::v6;
  out.octets_ = octets;
  return out;
}

result<ip_address> ip_address::from_octets(bytes_view octets) {
  if (octets.size() != 4 && octets.size() != 16)
    return error{errc::invalid_argument,
                 "an IP address has 4 or 16 octets, not "
                     + std::to_string(octets.size())};
  ip_address out;
  out.family_ = octets.size() == 4 ? ip_family::v4 : ip_family::v6;
  std::transform(octets.begin(), octets.end(), out.octets_.begin(),
                 [](char c) { return static_cast<std::uint8_t>(c); });
  return out;
}

result<ip_address> ip_address::parse(std::string_view text) {
  if (text.find(':') == std::string_view::npos) {
    if (const auto four = parse_dotted(text))
      return v4(*four);
    return bad_address(text);
  }
  const auto all = parse_v6(text);
  if (!all)
    return bad_address(text);
  std::array<std::uint8_t, 16> octets{};
  for (std::size_t i = 0; i < 8; ++i) {
    octets[2 * i] = static_cast<std::uint8_t>((*all)[i] >> 8);
    octets[2 * i + 1] = static_cast<std::uint8_t>((*all)[i] & 0xff);
  }
  return v6(octets);
}

std::string ip_address::to_string() const {
  return family_ == ip_family::v4 ? format_v4(octets()) : format_v6(octets());
}

bytes_view ip_address::octets() const noexcept {
  return {reinterpret_cast<const char*>(octets_.data()), bits() / 8};
}

std::optional<ip_address> ip_address::plus(std::uint64_t n) const {
  ip_address out = *this;
  for (std::size_t i = bits() / 8; i-- > 0 && n != 0;) {
    // At most 0xff more than `n`, whose low octet is taken apart first.
    const unsigned sum = out.octets_[i] + static_cast<unsigned>(n & 0xff);
    out.octets_[i] = static_cast<std::uint8_t>(sum & 0xff);
    n = (n >> 8) + (sum >> 8);
  }
  if (n != 0)
    return std::nullopt;
  return out;
}

std::optional<std::uint64_t> ip_address::minus(const ip_address& first) const {
  if (family_ != first.family_ || *this < first)
    return std::nullopt;
  std::uint64_t out = 0;
  unsigned borrow = 0;
  for (std::size_t i = bits() / 8, place = 0; i-- > 0; ++place) {
    const unsigned take = first.octets_[i] + borrow;
    borrow = octets_[i] < take ? 1 : 0;
    const auto digit = static_cast<std::uint8_t>(octets_[i] - take);
    if (place >= 8 && digit != 0)
      return std::nullopt;
    if (place < 8)
      out |= std::uint64_t{digit} << (8 * place);
  }
  return out;
}

result<ip_prefix> ip_prefix::of(const ip_address& address, unsigned length) {
  if (length > address.bits())
    return error{errc::out_of_range,
                 "an " + std::string{troupe::to_string(address.family())}
                     + " prefix has at most " + std::to_string(address.bits())
                     + " bits, not " + std::to_string(length)};
  ip_prefix out;
  out.first_ = masked(address, length);
  out.length_ = length;
  return out;
}

result<ip_prefix> ip_prefix::parse(std::string_view text) {
  auto out = parse_masked(text);
  const auto address = ip_address::parse(text.substr(0, text.find('/')));
  if (out && out->first() != *address)
    return error{errc::invalid_argument,
                 "\"" + std::string{text}
                     + "\" has bits set after its length (expected "
                     + out->to_string() + ")"};
  return out;
}

result<ip_prefix> ip_prefix::parse_masked(std::string_view text) {
  const auto slash = text.find('/');
  const auto length = slash == std::string_view::npos
                          ? std::nullopt
                          : decimal(text.substr(slash + 1), 128);
  if (!length)
    return error{errc::invalid_argument,
                 "\"" + std::string{text.substr(0, 64)}
                     + "\" is not an address range (expected such as "
                       "10.9.8.0/24 or 2001:db8::/64)"};
  const auto address = ip_address::parse(text.substr(0, slash));
  if (!address)
    return address.error();
  return of(*address, *length);
}

std::string ip_prefix::to_string() const {
  return first_.to_string() + "/" + std::to_string(length_);
}

std::uint64_t ip_prefix::size() const {
  const auto free = first_.bits() - length_;
  return free >= 64 ? std::numeric_limits<std::uint64_t>::max()
                    : std::uint64_t{1} << free;
}

std::optional<ip_address> ip_prefix::at(std::uint64_t n) const {
  const auto out = first_.plus(n);
  return out && contains(*out) ? out : std::nullopt;
}

bool ip_prefix::contains(const ip_address& address) const {
  return address.family() == family() && masked(address, length_) == first_;
}

bool ip_prefix::contains(const ip_prefix& other) const {
  return other.length_ >= length_ && contains(other.first_);
}

bool ip_prefix::overlaps(const ip_prefix& other) const {
  return contains(other) || other.contains(*this);
}

} // namespace troupe
