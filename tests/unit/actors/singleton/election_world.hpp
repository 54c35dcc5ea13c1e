#pragma once

#include "actors/singleton/lease_election.hpp"
#include "tests/support/loop_runner.hpp"

#include <functional>
#include <optional>
#include <string>

namespace troupe::test {

inline constexpr const char* lease_name = "kube-scheduler";

/// A member's candidate in a world, with what it would run: something that
/// writes, fenced by its holding.
class candidate final : public loop_runner {
public:
  candidate(api_world& world, std::string member);

  const std::string& member() const { return member_; }

  /// The epoch of those that run; none while nobody does.
  std::optional<store::revision> runs() const { return runs_; }

  /// One write of theirs, as it arrives under `epoch`. The election hears of a
  /// refusal.
  api::response write(store::revision epoch);

  /// Its server is shut down, with what it holds.
  void leave() {
    leaving_ = true;
    poke();
  }
  bool has_left() const { return has_left_; }

  std::function<void(const std::string&)> tell; ///< "starts, epoch 3", ...
  unsigned renewals = 0;                        ///< asked for

private:
  class elected_loop;

  void say(const std::string& what) const;

  const std::string member_;
  std::optional<store::revision> runs_;
  store::revision refused_;
  bool leaving_ = false;
  bool has_left_ = false;
  std::uint64_t lives_ = 0;
  std::uint64_t writes_ = 0;
};

/// A world with the namespaces that leases and writes need.
void furnish(api_world& world);

} // namespace troupe::test
