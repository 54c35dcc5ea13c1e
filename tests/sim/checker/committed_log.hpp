#pragma once

#include "messages/protocol/raft.hpp"
#include "runtime/store/store_view.hpp"
#include "tests/sim/checker/report.hpp"
#include "tests/sim/workload/history.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::sim {

/// What every replica was seen to apply: the one history all of them share, or
/// a violation. Told of each publication of each replica as it happens; also
/// the truth against which reads and watches are checked.
class committed_log {
public:
  struct write {
    store::key key;
    bool deleted = false;
    std::string value;
    store::proposal_id by;
    store::revision created;
  };

  explicit committed_log(report& out) : report_(out) {}

  /// Replica `server` begins, or begins anew, with this state.
  void begins(unsigned server, const store::store_view& root);

  /// It applied these, and is now at `root`.
  void applied(unsigned server, const store::store_view& root,
               const std::vector<store::event>& events);

  /// It took over a whole state from another one.
  void restored(unsigned server, const store::store_view& root);

  /// `root` is its state at log index `applied`.
  void compare(unsigned server, raft::log_index applied,
               const store::store_view& root);

  /// The revision it told of last.
  store::revision reached(unsigned server) const { return reached_.at(server); }

  /// It is said to lead in `term`.
  void leads(unsigned server, raft::term term);

  const std::map<store::revision, write>& writes() const { return writes_; }

  /// Revisions of a proposal that took effect, ascending; null: none did.
  const std::vector<store::revision>* of(const store::proposal_id& id) const;

  /// The live objects under `prefix`, or of the key `prefix`, as of `at`.
  std::vector<seen_object> read(std::string_view prefix, bool range,
                                store::revision at) const;

  std::uint64_t states_compared() const { return compared_; }
  store::revision last() const;

private:
  void note(unsigned server, const store::event& event);

  report& report_;
  std::map<store::revision, write> writes_;
  std::map<store::proposal_id, std::vector<store::revision>> by_proposal_;
  /// Of each key its writes, for reads of the past.
  std::map<store::key, std::map<store::revision, const write*>, std::less<>>
      by_key_;
  std::map<unsigned, store::revision> reached_;
  struct digest {
    std::uint64_t hash;
    unsigned server;
  };
  std::map<raft::log_index, digest> states_;
  std::map<raft::term, unsigned> leaders_;
  std::uint64_t compared_ = 0;
};

} // namespace troupe::sim
