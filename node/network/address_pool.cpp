#include "node/network/address_pool.hpp"

#include "messages/base/crc32c.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace troupe::network {

namespace {

constexpr std::string_view first_line = "troupe pod addresses 1";
constexpr std::string_view last_word = "last";
constexpr std::string_view pod_word = "pod";
constexpr std::string_view sum_word = "sum ";

/// Places 0 (the range's name) and 1 (the gateway) are no pod's.
constexpr std::uint64_t first_place = 2;

/// One past the last place of a pod. IPv4 keeps the very last for broadcast.
std::uint64_t end_place(const ip_prefix& range) {
  const auto size = range.size();
  return std::min(range.family() == ip_family::v4 ? size - 1 : size,
                  address_pool::places_max);
}

std::string sum_of(bytes_view text) {
  constexpr std::string_view digits = "0123456789abcdef";
  const auto sum = crc32c(text);
  std::string out;
  for (int shift = 28; shift >= 0; shift -= 4)
    out += digits[sum >> shift & 0xf];
  return out;
}

void append_addresses(std::string& out, std::string_view word,
                      std::string_view name,
                      const std::vector<ip_address>& addresses) {
  out += word;
  if (!name.empty())
    out += ' ' + std::string{name};
  for (const auto& address : addresses)
    out += ' ' + address.to_string();
  out += '\n';
}

error damaged(std::string_view what) {
  return {errc::corrupt,
          "the pods' addresses are damaged: " + std::string{what}};
}

/// The words of a line, at most `max`; more leave the last one with a blank.
std::vector<std::string_view> words_of(std::string_view line, std::size_t max) {
  std::vector<std::string_view> out;
  while (out.size() + 1 < max) {
    const auto blank = line.find(' ');
    if (blank == std::string_view::npos)
      break;
    out.push_back(line.substr(0, blank));
    line.remove_prefix(blank + 1);
  }
  out.push_back(line);
  return out;
}

std::optional<std::vector<ip_address>>
addresses_of(const std::vector<std::string_view>& words, std::size_t from) {
  std::vector<ip_address> out;
  for (auto i = from; i < words.size(); ++i) {
    const auto address = ip_address::parse(words[i]);
    if (!address)
      return std::nullopt;
    out.push_back(*address);
  }
  return out;
}

/// The lines between the first and the checksum.
result<std::string_view> checked_body(bytes_view text) {
  if (text.size() > address_pool::encoded_max)
    return error{errc::too_large, "the pods' addresses are too long a text"};
  const auto sum = text.rfind(sum_word);
  if (sum == bytes_view::npos || (sum > 0 && text[sum - 1] != '\n'))
    return damaged("they have no end");
  const auto body = text.substr(0, sum);
  if (text.substr(sum) != std::string{sum_word} + sum_of(body) + "\n")
    return damaged("the checksum differs");
  if (body.substr(0, first_line.size() + 1) != std::string{first_line} + "\n")
    return error{
        errc::unsupported,
        "the pods' addresses are in a form this version does not know"};
  return body.substr(first_line.size() + 1);
}

} // namespace

address_pool::address_pool(std::vector<ip_prefix> ranges)
    : ranges_(std::move(ranges)) {
  TROUPE_CHECK(check_ranges(ranges_).has_value(), "a pool's ranges are good");
  for (const auto& range : ranges_)
    last_.push_back(gateway(range));
}

status_result address_pool::check_ranges(const std::vector<ip_prefix>& ranges) {
  if (ranges.empty() || ranges.size() > 2)
    return error{errc::invalid_argument,
                 "a node has one or two pod ranges, not "
                     + std::to_string(ranges.size())};
  if (ranges.size() == 2 && ranges[0].family() == ranges[1].family())
    return error{errc::invalid_argument,
                 "both pod ranges are "
                     + std::string{to_string(ranges[0].family())}};
  for (const auto& range : ranges)
    if (range.first().bits() - range.length() < 2)
      return error{errc::invalid_argument,
                   "the pod range " + range.to_string()
                       + " has no room for a gateway and a pod"};
  return unit{};
}

status_result address_pool::check_uid(std::string_view uid) {
  const auto allowed = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z')
           || (c >= 'A' && c <= 'Z') || c == '-' || c == '_' || c == '.';
  };
  if (uid.empty() || uid.size() > uid_max
      || !std::all_of(uid.begin(), uid.end(), allowed))
    return error{errc::invalid_argument,
                 "\"" + std::string{uid.substr(0, uid_max)}
                     + "\" is not the uid of a pod"};
  return unit{};
}

ip_address address_pool::gateway(const ip_prefix& range) {
  const auto out = range.at(1);
  TROUPE_CHECK(out.has_value(), "a pod range has a gateway");
  return *out;
}

bool address_pool::is_pod_address(std::size_t range,
                                  const ip_address& address) const {
  const auto place = address.minus(ranges_[range].first());
  return place && *place >= first_place && *place < end_place(ranges_[range]);
}

bool address_pool::fits(const std::vector<ip_address>& addresses) const {
  if (addresses.size() != ranges_.size())
    return false;
  for (std::size_t i = 0; i < ranges_.size(); ++i)
    if (!is_pod_address(i, addresses[i]))
      return false;
  return true;
}

result<ip_address> address_pool::next_free(std::size_t range) const {
  const auto& all = ranges_[range];
  const auto end = end_place(all);
  const auto last = last_[range].minus(all.first());
  TROUPE_CHECK(last.has_value(), "the search begins within the range");
  // Round once, beginning after the last one given.
  for (auto place = *last + 1; place < end; ++place)
    if (const auto address = *all.at(place); !taken_.contains(address))
      return address;
  for (auto place = first_place; place <= *last && place < end; ++place)
    if (const auto address = *all.at(place); !taken_.contains(address))
      return address;
  return error{errc::no_space,
               "no address is left in the pod range " + all.to_string()};
}

result<std::vector<ip_address>> address_pool::reserve(std::string_view uid) {
  if (const auto* has = find(uid))
    return *has;
  if (auto fine = check_uid(uid); !fine)
    return fine.error();
  std::vector<ip_address> out;
  for (std::size_t i = 0; i < ranges_.size(); ++i) {
    const auto address = next_free(i);
    if (!address)
      return address.error();
    out.push_back(*address);
  }
  last_ = out;
  taken_.insert(out.begin(), out.end());
  pods_.emplace(uid, out);
  return out;
}

status_result
address_pool::reserve_exactly(std::string_view uid,
                              const std::vector<ip_address>& addresses) {
  if (auto fine = check_uid(uid); !fine)
    return fine;
  if (!fits(addresses))
    return error{errc::out_of_range, "the addresses of pod " + std::string{uid}
                                         + " are not of the node's pod ranges"};
  const auto* has = find(uid);
  for (const auto& address : addresses) {
    const bool own =
        has != nullptr
        && std::find(has->begin(), has->end(), address) != has->end();
    if (!own && taken_.contains(address))
      return error{errc::conflict,
                   "another pod has the address " + address.to_string()};
  }
  release(uid);
  taken_.insert(addresses.begin(), addresses.end());
  pods_.emplace(uid, addresses);
  return unit{};
}

bool address_pool::release(std::string_view uid) {
  const auto found = pods_.find(uid);
  if (found == pods_.end())
    return false;
  for (const auto& address : found->second)
    taken_.erase(address);
  pods_.erase(found);
  return true;
}

const std::vector<ip_address>* address_pool::find(std::string_view uid) const {
  const auto found = pods_.find(uid);
  return found == pods_.end() ? nullptr : &found->second;
}

bytes address_pool::encode() const {
  bytes out{first_line};
  out += '\n';
  append_addresses(out, last_word, {}, last_);
  for (const auto& [uid, addresses] : pods_)
    append_addresses(out, pod_word, uid, addresses);
  const auto sum = sum_of(out);
  return out + std::string{sum_word} + sum + "\n";
}

status_result address_pool::decode_line(std::string_view line) {
  // A word, a uid and an address of each family; one more would show.
  const auto words = words_of(line, 5);
  const bool is_pod = words[0] == pod_word && words.size() > 1;
  if (!is_pod && words[0] != last_word)
    return damaged("a line begins with another word");
  const auto addresses = addresses_of(words, is_pod ? 2 : 1);
  if (!addresses)
    return damaged("a line has something else in place of an address");
  if (!is_pod) {
    bool within = addresses->size() == ranges_.size();
    for (std::size_t i = 0; within && i < ranges_.size(); ++i)
      within = is_pod_address(i, (*addresses)[i])
               || (*addresses)[i] == gateway(ranges_[i]);
    if (within)
      last_ = *addresses;
    return unit{};
  }
  if (find(words[1]) != nullptr)
    return damaged("a pod is named twice");
  const auto reserved = reserve_exactly(words[1], *addresses);
  if (!reserved && reserved.error().code != errc::out_of_range)
    return damaged(reserved.error().message);
  return unit{};
}

result<address_pool> address_pool::decode(std::vector<ip_prefix> ranges,
                                          bytes_view text) {
  auto body = checked_body(text);
  if (!body)
    return body.error();
  address_pool out{std::move(ranges)};
  while (!body->empty()) {
    const auto end = body->find('\n');
    TROUPE_CHECK(end != std::string_view::npos, "every line is ended");
    if (auto read = out.decode_line(body->substr(0, end)); !read)
      return read.error();
    body->remove_prefix(end + 1);
  }
  return out;
}

} // namespace troupe::network
