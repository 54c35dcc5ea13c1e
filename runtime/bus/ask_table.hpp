#pragma once

#include "messages/base/time_point.hpp"
#include "runtime/port/messenger.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

namespace troupe::bus {

/// Most asks without an answer yet; further ones fail.
inline constexpr std::size_t asks_max = 8192;

/// The asks of a process that have no answer yet. Each ends once: by an answer,
/// by word that nobody got it, or by its deadline.
class ask_table {
public:
  /// False when the table is full. `to` may be the servers' "any".
  bool add(std::uint64_t id, bus_peer to, mono_time deadline);

  /// An answer came: true, and the ask is over, if it was awaited from there. A
  /// second one, a late one, or one of somebody else's is none.
  bool take(std::uint64_t id, const bus_peer& from);

  /// Ends it, whoever was asked. False when it is over already.
  bool drop(std::uint64_t id);

  /// Those that are addressed to `peer` by its name, the oldest first.
  std::vector<std::uint64_t> asked_of(const bus_peer& peer) const;

  /// Ends those whose deadline has passed, the oldest first.
  std::vector<std::uint64_t> expire(mono_time now);

  /// Ends all.
  std::vector<std::uint64_t> clear();

  std::optional<mono_time> next_wake() const;

private:
  struct ask {
    bus_peer to;
    mono_time deadline;
  };

  std::unordered_map<std::uint64_t, ask> asks_;
  std::set<std::pair<mono_time, std::uint64_t>> deadlines_;
};

/// Whether `from` is the process that was addressed as `to`.
bool answers_for(const bus_peer& from, const bus_peer& to);

} // namespace troupe::bus
