#pragma once

#include "messages/base/bytes.hpp"
#include "messages/base/strong.hpp"
#include "messages/base/time_point.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

/// What is asked of the replicated store and what it answers. A proposal is
/// applied whole or not at all, deterministically: everything that had to be
/// invented (uids, times, generated names) is already inside it.
namespace troupe::store {

/// Store-wide counter of writes; the resourceVersion of clients. The first
/// write gets 1; 0 is "before everything".
using revision = strong<std::uint64_t, struct revision_tag>;

/// Names one proposal for ever: 16 random octets drawn by the proposer. The
/// same id proposed again finds the first outcome instead of a second effect.
using proposal_id =
    strong<std::array<std::uint8_t, 16>, struct proposal_id_tag>;

/// `<group or "core">/<plural>/<namespace>/<name>`, without the namespace for
/// cluster-scoped kinds. Names never hold '/' and octets sort bytewise, so a
/// resource, or a namespace of it, is one prefix.
using key = std::string;

/// One label or field of the index columns.
struct column {
  std::string name;
  std::string value;

  friend bool operator==(const column&, const column&) = default;
};

/// What selectors, controllers and garbage collection ask about an object,
/// computed by the proposer so that `apply` never decodes a value.
struct columns {
  std::string uid;
  std::vector<column> labels;          ///< sorted by name
  std::vector<column> fields;          ///< selectable fields, sorted by name
  std::vector<std::string> owner_uids; ///< sorted
  bool deleting = false;               ///< deletionTimestamp is set

  friend bool operator==(const columns&, const columns&) = default;
};

/// Guards: each must hold on the state the proposal meets, in the order of the
/// log. The first that fails refuses the whole proposal.
struct key_absent {
  store::key key;
};

/// The key exists and was last written at `at`.
struct key_at_revision {
  store::key key;
  revision at;
};

/// The key exists and its object has this uid.
struct key_has_uid {
  store::key key;
  std::string uid;
};

/// The key exists.
struct key_present {
  store::key key;
};

/// The namespace object exists and is not being deleted.
struct namespace_active {
  std::string name;
};

using guard = std::variant<key_absent, key_at_revision, key_has_uid,
                           key_present, namespace_active>;

/// Creates or replaces. A put whose value equals the stored one, octet for
/// octet, writes nothing and keeps the stored revision.
struct put {
  store::key key;
  shared_bytes value; ///< canonical encoding; never null
  store::columns columns;
};

/// Deletes; of an absent key it does nothing.
struct erase {
  store::key key;
};

using op = std::variant<put, erase>;

/// "Only while this lease of a singleton is the newest": refused once a higher
/// epoch of the same name was raised (DESIGN section 3).
struct fence {
  std::string name;
  revision epoch;
};

struct proposal {
  proposal_id id;
  /// Refused as expired by a leader whose wall clock is past it.
  wall_time deadline;
  std::optional<store::fence> fence;
  std::vector<guard> guards;
  std::vector<op> ops; ///< each gets a revision of its own, in this order
};

/// From now on writes fenced under `name` with a lower epoch are refused.
struct raise_fence {
  std::string name;
  revision epoch;
};

/// Drop what only history before `up_to` needs: reads at, and watches from,
/// revisions below it answer compacted.
struct compact {
  revision up_to;
};

/// A log entry's payload, decoded.
using command = std::variant<proposal, raise_fence, compact>;

/// Outcome of one op. For an erase that found nothing and a put that changed
/// nothing, `changed` is false and `at` is the revision that stands (0: none).
struct op_outcome {
  revision at;
  bool changed = false;

  friend bool operator==(const op_outcome&, const op_outcome&) = default;
};

/// Every op was applied, at `ops[i].at`.
struct committed {
  std::vector<op_outcome> ops;

  friend bool operator==(const committed&, const committed&) = default;
};

/// Guard number `guard` did not hold; nothing was written. `standing` is the
/// revision the guard's key has (0: absent).
struct guard_failed {
  std::size_t guard = 0;
  revision standing;

  friend bool operator==(const guard_failed&, const guard_failed&) = default;
};

/// The fence has been raised past the proposal's epoch; nothing was written.
struct fenced_off {
  revision epoch; ///< the standing one

  friend bool operator==(const fenced_off&, const fenced_off&) = default;
};

/// This id was applied before, but its outcome fell to compaction.
struct outcome_compacted {
  friend bool operator==(const outcome_compacted&,
                         const outcome_compacted&) = default;
};

/// What `apply` says of a command.
using apply_outcome =
    std::variant<committed, guard_failed, fenced_off, outcome_compacted>;

/// Not tried: another replica leads (or none, when the hint is empty). Safe to
/// send elsewhere.
struct not_leader {
  std::string leader; ///< member name of the leader as far as known

  friend bool operator==(const not_leader&, const not_leader&) = default;
};

/// May or may not happen: leadership or time ran out after the proposal went
/// into the log. Only the same proposal id may be tried again.
struct outcome_unknown {
  friend bool operator==(const outcome_unknown&,
                         const outcome_unknown&) = default;
};

/// Refused before the log: past its deadline.
struct proposal_expired {
  friend bool operator==(const proposal_expired&,
                         const proposal_expired&) = default;
};

/// Refused before the log: too many proposals wait, or the store is full.
struct overloaded {
  std::string reason;

  friend bool operator==(const overloaded&, const overloaded&) = default;
};

/// What a proposer hears.
using propose_outcome =
    std::variant<committed, guard_failed, fenced_off, outcome_compacted,
                 not_leader, outcome_unknown, proposal_expired, overloaded>;

} // namespace troupe::store
