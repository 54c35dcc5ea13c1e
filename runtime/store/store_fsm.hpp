#pragma once

#include "runtime/store/store_view.hpp"

#include <cstring>
#include <unordered_map>

namespace troupe::store {

/// What one command did.
struct apply_result {
  apply_outcome outcome;
  std::vector<event> events; ///< in revision order; empty: nothing written
};

/// The replicated store as a state machine: the same commands in the same order
/// make the same state, the same outcomes and the same events on every replica.
/// No value is ever decoded. One thread applies; snapshots go anywhere.
///
/// Exactly once: each write keeps the id of its proposal until compaction, and
/// a proposal whose id is found gets its first outcome again, before fence and
/// guards are asked. A proposal that was refused, or changed nothing, leaves no
/// trace and is evaluated anew when it comes again: it had no effect, so at
/// most one of its evaluations ever has one, and its proposer repeats it only
/// while it has told no one an outcome. After compaction a repeat is recognised
/// only where one of its versions still stands (`outcome_compacted`);
/// compaction therefore stays behind the deadlines of proposals, past which the
/// leader refuses them.
class store_fsm {
public:
  store_fsm();

  /// Continues from a restored root.
  explicit store_fsm(const store_view& restored);

  /// Applies one committed command.
  ///
  /// A proposal: first outcome if known, then fence, then guards in order, then
  /// ops in order, each with the next revision. `raise_fence` below the
  /// standing epoch is `fenced_off`, else `committed`. `compact` is always
  /// `committed`: it never goes back, nor past the last write.
  apply_result apply(command value);

  /// The state as of now. Costs one allocation.
  std::shared_ptr<const store_view> snapshot() const;

  revision applied() const noexcept { return versions_.applied(); }
  revision compacted() const noexcept { return versions_.compacted(); }

  /// See version_table: for the driver that enforces a quota.
  std::uint64_t bytes_used() const noexcept { return versions_.bytes_used(); }

private:
  /// Proposal ids are random already.
  struct id_hash {
    std::size_t operator()(const proposal_id& id) const noexcept {
      std::size_t head;
      std::memcpy(&head, id.value().data(), sizeof head);
      return head;
    }
  };

  apply_outcome run(proposal& value, std::vector<event>& events);
  apply_outcome run(const raise_fence& value, std::vector<event>& events);
  apply_outcome run(const compact& value, std::vector<event>& events);
  std::optional<apply_outcome> first_outcome(const proposal& value) const;
  std::optional<apply_outcome> refusal(const proposal& value) const;
  op_outcome run(put& value, const proposal_id& by, std::vector<event>& out);
  op_outcome run(erase& value, const proposal_id& by, std::vector<event>& out);
  revision standing_epoch(const std::string& fence) const;

  version_table versions_;
  std::shared_ptr<const fence_table> fences_;
  /// The last write of each proposal that wrote and is not compacted.
  std::unordered_map<proposal_id, revision, id_hash> last_write_;
};

} // namespace troupe::store
