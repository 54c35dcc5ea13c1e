#pragma once

#include "messages/base/time_point.hpp"
#include "messages/codec/document.hpp"

#include <cstddef>
#include <optional>
#include <string>

namespace troupe::agent {

/// Whether a node may say that it is ready. What the cluster took off it while
/// nobody heard of it, and may have replaced elsewhere, ends first. Pure.
///
///     unlisted --(1)--> ending --(2)--> settled
///        ^                                 |
///        +---------------(3)---------------+
///
/// 1. Its pods were listed. 2. None that is to go runs any more, or a minute
/// has passed: longer graces go on beside. 3. The cluster has given the node
/// up: its condition Ready is Unknown.
class return_gate {
public:
  static constexpr duration patience = std::chrono::minutes{1};

  /// The Node as it is stored. True: list the pods anew.
  bool see(const codec::document& node);

  /// The pods were listed, at or after `revision`. False: list them again, for
  /// that was before the node was given up.
  bool listed(std::uint64_t revision, mono_time now);

  /// So many pods that are to go still run.
  void leaving(std::size_t count, mono_time now);

  bool is_listed() const { return state_ != state::unlisted; }
  bool is_settled() const { return state_ == state::settled; }

private:
  enum class state { unlisted, ending, settled };

  state state_ = state::unlisted;
  std::string given_up_; ///< when: the condition's transition
  std::uint64_t seen_at_ = 0;
  mono_time listed_at_{};
};

} // namespace troupe::agent
