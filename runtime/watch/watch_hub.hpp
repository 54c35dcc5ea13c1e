#pragma once

#include "runtime/base/prng.hpp"
#include "runtime/watch/view_index.hpp"
#include "runtime/watch/watch_port.hpp"

#include <cstddef>
#include <memory>
#include <set>
#include <span>
#include <unordered_map>
#include <vector>

namespace troupe::watch {

struct hub_config {
  /// A watch that asks for bookmarks gets one at least this often ...
  duration bookmark_interval = std::chrono::seconds{60};
  /// ... and up to this much sooner, drawn each time, so that watches opened
  /// together do not stay in step. Below `bookmark_interval`.
  duration bookmark_jitter = std::chrono::seconds{6};
  /// And one this long before its timeout (as upstream, two seconds), so that
  /// it resumes close to the present.
  duration farewell = std::chrono::seconds{2};
  /// Watches at once; one more ends as `unavailable` when it is added.
  std::size_t watches_max = 100'000;
};

/// What a step of the hub asks for. A list of deliveries is shared by every
/// watch that sees the same of a batch. Carry out sends in their order, then
/// finishes; one watch has at most one send per step.
struct hub_output {
  struct send {
    watch_id to;
    std::size_t list = 0;
    std::size_t first = 0; ///< index in the list where this watch begins
  };

  /// The watch is gone from the hub.
  struct finish {
    watch_id who;
    watch_end why = watch_end::closed;
  };

  std::vector<std::vector<delivery>> lists;
  std::vector<send> sends;
  std::vector<finish> finishes;

  std::span<const delivery> batch(const send& what) const {
    return std::span{lists[what.list]}.subspan(what.first);
  }
};

/// The fan-out of committed changes, as a machine: snapshots, watches and time
/// in, deliveries out.
///
///                    advance: deliveries ──┐
///     add ──(1)──▶ open ◀──────────────────┘
///      │            │ (3) remove, tick past the timeout,
///      └──(2)──▶ ended   advance over compacted history
///
/// (1) Replays what lies between the request's revision and the hub's, or
///     lists what matches now; from then on each step delivers the changes of
///     exactly the revisions it moved over. So nothing is missed or repeated.
/// (2) The revision is below the history kept, or there are too many watches.
/// (3) The machine forgets the watch; `remove` says nothing, for its caller
///     knows.
///
/// Guarantees per watch (etcd's, docs "KV API guarantees"): ordered, unique,
/// reliable, atomic (a step's deliveries of one watch come together), resumable
/// from any revision heard, bookmarkable.
class watch_hub {
public:
  /// Begins at `start`; `seed` feeds the jitter of bookmarks.
  watch_hub(std::shared_ptr<const store::store_snapshot> start,
            std::uint64_t seed, hub_config config = {});

  /// Opens a watch. Ids are never used twice.
  hub_output add(watch_id id, watch_request request, mono_time now);

  /// The watch left or was cut off; false when it is not open.
  bool remove(watch_id id);

  /// Moves to `next`. One that is older than the hub's is ignored; one that
  /// holds the same writes may know of a later compaction. When history
  /// between the two is gone, every watch ends as `unavailable`: only its
  /// client knows where to go on.
  hub_output advance(std::shared_ptr<const store::store_snapshot> next);

  /// Bookmarks and timeouts that are due.
  hub_output tick(mono_time now);

  /// The last revision processed: what bookmarks say.
  store::revision applied() const noexcept { return root_->applied(); }

  /// Number of open watches.
  std::size_t size() const noexcept { return watches_.size(); }

private:
  struct watch {
    view* in = nullptr;
    std::size_t position = 0; ///< among the view's members
    bool bookmarks = false;
    std::optional<mono_time> deadline;
    std::optional<mono_time> due; ///< next bookmark or the deadline
  };

  view& view_of(watch_request& request);
  void leave(const watch& gone);
  void schedule(watch_id id, watch& one, mono_time now);
  void collect(view& touched, hub_output& out);
  std::vector<delivery> replay(const selection& what,
                               store::revision after) const;
  std::vector<delivery> initial(const selection& what, bool mark_end) const;
  delivery bookmark() const;
  hub_output end_all(watch_end why);

  hub_config config_;
  std::shared_ptr<const store::store_snapshot> root_;
  prng jitter_;
  /// By fingerprint; a view lives as long as it has members.
  std::unordered_map<std::string, std::unique_ptr<view>> views_;
  view_index index_;
  std::unordered_map<watch_id, watch> watches_;
  std::set<std::pair<mono_time, watch_id>> due_;
};

} // namespace troupe::watch
