#pragma once

#include "actors/gateway/object/object_writer.hpp"
#include "actors/gateway/object/refusal.hpp"

#include <functional>
#include <optional>

namespace troupe::gateway {

/// What a write is stamped with, drawn once per call before anything is
/// decided, so that every look at the state decides about the same write.
struct stamps {
  wall_time now;
  std::string uid; ///< of the object, should one be created
  /// Feeds generated names; a fresh number with each use.
  std::function<std::uint64_t()> random;
  /// As of `writer_ports`.
  std::vector<ip_prefix> service_ranges;
};

/// What one look at the state decided.
struct write_decision {
  /// What the client hears once the ops are committed (the revision is filled
  /// in then), or at once when there are none.
  object_answer answer;
  std::vector<store::guard> guards;
  std::vector<store::op> ops;
  /// What is missing is on its way: look again whenever the state moves on,
  /// until so long after the call began, before the client hears of it.
  duration patience = {};
};

/// The decision to do nothing, and why.
write_decision decline(api::status why, duration patience = {});

/// Looks at one state and decides: pure, and asked again on newer states.
using write_step = std::function<write_decision(
    const store::store_snapshot& state, const stamps& given)>;

struct write_task {
  mono_time deadline;
  bool dry_run = false;
  std::optional<store::fence> fence = {};
  /// Looks at the state that may end in a failed guard before the client is
  /// told of a conflict.
  int attempts_max = 1;
  api::status conflict; ///< the answer after those
  write_step step;
};

/// Tries of a write that a concurrent one may disturb: patches as upstream,
/// others as good as always.
inline constexpr int patch_attempts_max = 6;
inline constexpr int write_attempts_max = 100;

/// Carries a decision to the store:
///
///          ┌──(4)─────────────────────────────┐
///          ▼                                  │
///     [decide] ──(1)──▶ [propose] ──(3)──▶ answer
///       ▲  │               │  ▲
///       │ (2)             (5) │
///       │  ▼               ▼  │
///     [barrier] ──(6)──▶  [pause]
///
/// 1. The decision has ops. It was made on the local replica, which may be
///    behind; its guards catch that.
/// 2. The decision is final, or a dry run: nothing would catch a stale view,
///    so it is made again on a state as new as the call (a read index).
/// 3. Committed, refused by load or by the fence, or out of time.
/// 4. A guard failed, nothing was written: decided again, behind a barrier.
/// 5. The outcome is unknown or nobody led: the same proposal, under the same
///    id, once something was applied or some time has passed.
/// 6. The decision has patience: on to (1), once something was applied.
void run_write(const writer_ports& ports, write_task task, object_done done);

} // namespace troupe::gateway
