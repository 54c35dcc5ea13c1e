#pragma once

#include "messages/base/bytes.hpp"
#include "messages/base/ip.hpp"
#include "messages/base/result.hpp"

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::network {

/// Which pod of a node has which addresses: one of each range. Pure; what it
/// must not forget goes through `encode` and `decode`.
///
/// An address never has two pods. A freed one comes back as late as possible,
/// after all others of its range, so that nobody who still knows it reaches a
/// pod it does not mean.
class address_pool {
public:
  /// Octets of a pod's uid at most.
  static constexpr std::size_t uid_max = 128;
  /// Addresses used of a range at most: a larger one is used to this place.
  static constexpr std::uint64_t places_max = 65536;
  /// Octets of an encoded pool at most.
  static constexpr std::size_t encoded_max = 32 << 20;

  /// Requires ranges that `check_ranges` finds good.
  explicit address_pool(std::vector<ip_prefix> ranges);

  /// One or two ranges, of different families, each with room for the
  /// gateway, a pod and what the family keeps for itself.
  static status_result check_ranges(const std::vector<ip_prefix>& ranges);

  /// Names are letters, digits, '-', '_' and '.': a uid as the API server or a
  /// manifest's hash makes it.
  static status_result check_uid(std::string_view uid);

  /// The node's own address in a range: the first after the range's name.
  static ip_address gateway(const ip_prefix& range);

  const std::vector<ip_prefix>& ranges() const noexcept { return ranges_; }

  /// The pod's addresses, in the order of the ranges: those it has, or the next
  /// free ones. `no_space` when a range has none left, and nothing is changed.
  result<std::vector<ip_address>> reserve(std::string_view uid);

  /// Gives the pod just these, whatever it had. `conflict` when another pod has
  /// one of them, `out_of_range` when they are not one pod address of each
  /// range; then nothing is changed.
  status_result reserve_exactly(std::string_view uid,
                                const std::vector<ip_address>& addresses);

  /// Frees what the pod has; whether it had any.
  bool release(std::string_view uid);

  /// The pod's addresses, or null.
  const std::vector<ip_address>* find(std::string_view uid) const;

  const std::map<std::string, std::vector<ip_address>, std::less<>>&
  pods() const noexcept {
    return pods_;
  }

  /// A text of lines that ends in its own checksum.
  bytes encode() const;

  /// The pool a text tells of, with these ranges. A pod whose addresses do not
  /// fit them is left out: it cannot go on with what it has. `corrupt` when the
  /// text is cut, changed, or gives an address twice.
  static result<address_pool> decode(std::vector<ip_prefix> ranges,
                                     bytes_view text);

  friend bool operator==(const address_pool&, const address_pool&) = default;

private:
  bool is_pod_address(std::size_t range, const ip_address& address) const;
  bool fits(const std::vector<ip_address>& addresses) const;
  result<ip_address> next_free(std::size_t range) const;
  status_result decode_line(std::string_view line);

  std::vector<ip_prefix> ranges_;
  std::map<std::string, std::vector<ip_address>, std::less<>> pods_;
  std::set<ip_address> taken_;
  /// The last address given out of each range; the search goes on after it.
  std::vector<ip_address> last_;
};

} // namespace troupe::network
