#pragma once

#include "messages/base/bytes.hpp"
#include "messages/base/result.hpp"

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace troupe {

enum class ip_family : std::uint8_t { v4 = 4, v6 = 6 };

/// "IPv4" or "IPv6", as in a Service's ipFamilies.
std::string_view to_string(ip_family family);

/// An IPv4 or IPv6 address. Ordered by family, then by value. An IPv4-mapped
/// IPv6 address is an IPv6 address.
class ip_address {
public:
  /// 0.0.0.0
  constexpr ip_address() = default;

  static ip_address v4(std::array<std::uint8_t, 4> octets);
  static ip_address v6(std::array<std::uint8_t, 16> octets);

  /// From 4 or 16 octets in network order; others are `invalid_argument`.
  static result<ip_address> from_octets(bytes_view octets);

  /// The text forms of RFC 4291 2.2 and dotted decimal, without zone, blanks
  /// or leading zeros of a decimal number.
  static result<ip_address> parse(std::string_view text);

  /// The one canonical form (RFC 5952): parse(to_string()) is the same
  /// address.
  std::string to_string() const;

  ip_family family() const noexcept { return family_; }

  /// 32 or 128.
  unsigned bits() const noexcept { return family_ == ip_family::v4 ? 32 : 128; }

  /// 4 or 16 octets in network order; a view of this value.
  bytes_view octets() const noexcept;

  /// This address moved by `n`; none past the family's last.
  std::optional<ip_address> plus(std::uint64_t n) const;

  /// How far this one is after `first`, of the same family; none when it is
  /// before it or further than 64 bits tell.
  std::optional<std::uint64_t> minus(const ip_address& first) const;

  friend auto operator<=>(const ip_address&, const ip_address&) = default;

private:
  ip_family family_ = ip_family::v4;
  std::array<std::uint8_t, 16> octets_{}; ///< unused ones are zero
};

/// A range of addresses that share their first `length` bits. The others are
/// zero: a prefix has one form.
class ip_prefix {
public:
  /// 0.0.0.0/0
  constexpr ip_prefix() = default;

  /// The prefix of `length` bits that `address` is in; `out_of_range` when the
  /// address has not so many.
  static result<ip_prefix> of(const ip_address& address, unsigned length);

  /// "<address>/<length>". Bits set after the length are an error, whose text
  /// has the form that was meant.
  static result<ip_prefix> parse(std::string_view text);

  /// As `parse`, but bits set after the length are cleared: what API objects
  /// may say.
  static result<ip_prefix> parse_masked(std::string_view text);

  std::string to_string() const;

  const ip_address& first() const noexcept { return first_; }

  unsigned length() const noexcept { return length_; }

  ip_family family() const noexcept { return first_.family(); }

  /// How many addresses it has; the largest number when 64 bits do not tell.
  std::uint64_t size() const;

  /// The address `n` after the first; none outside the prefix.
  std::optional<ip_address> at(std::uint64_t n) const;

  bool contains(const ip_address& address) const;

  /// Whether every address of `other` is in this one.
  bool contains(const ip_prefix& other) const;

  bool overlaps(const ip_prefix& other) const;

  friend auto operator<=>(const ip_prefix&, const ip_prefix&) = default;

private:
  ip_address first_;
  unsigned length_ = 0;
};

} // namespace troupe
