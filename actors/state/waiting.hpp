#pragma once

#include "messages/base/strong.hpp"
#include "messages/base/time_point.hpp"
#include "messages/protocol/raft.hpp"
#include "messages/protocol/store.hpp"

#include <map>
#include <optional>
#include <set>
#include <vector>

namespace troupe::state {

/// The driver's name for a call that waits for an answer. 0 is nobody.
using ticket = strong<std::uint64_t, struct ticket_tag>;

/// Tickets and the moments they wait for at most.
template <class Time>
class deadline_table {
public:
  std::size_t size() const { return by_ticket_.size(); }

  bool contains(ticket tag) const { return by_ticket_.contains(tag); }

  void add(ticket tag, Time deadline) {
    by_ticket_.emplace(tag, deadline);
    by_deadline_.emplace(deadline, tag);
  }

  /// False when it was not waiting.
  bool remove(ticket tag) {
    const auto it = by_ticket_.find(tag);
    if (it == by_ticket_.end())
      return false;
    by_deadline_.erase({it->second, tag});
    by_ticket_.erase(it);
    return true;
  }

  /// Those whose deadline is before `now`, earliest first.
  std::vector<ticket> expired(Time now) const {
    std::vector<ticket> out;
    for (const auto& [deadline, tag] : by_deadline_) {
      if (deadline >= now)
        break;
      out.push_back(tag);
    }
    return out;
  }

private:
  std::map<ticket, Time> by_ticket_;
  std::set<std::pair<Time, ticket>> by_deadline_;
};

/// Calls that wait until something was applied.
class barriers_waiting {
public:
  std::size_t size() const { return deadlines_.size(); }

  void add_read(ticket tag, mono_time deadline);
  void add_revision(ticket tag, store::revision at, mono_time deadline);

  /// The read is linearizable once `index` is applied.
  void confirmed(ticket tag, raft::log_index index);

  /// Nobody could confirm the read: to be asked for again after `take_dropped`.
  void dropped(ticket tag);

  /// Takes the reads that were dropped and still wait.
  std::vector<ticket> take_dropped();

  bool was_dropped(ticket tag) const { return dropped_.contains(tag); }

  /// Takes what is satisfied by this much being applied.
  std::vector<ticket> reached(raft::log_index index, store::revision revision);

  /// Those whose deadline is before `now`; they stay.
  std::vector<ticket> expired(mono_time now) const {
    return deadlines_.expired(now);
  }

  /// False when it was not there.
  bool remove(ticket tag);

private:
  deadline_table<mono_time> deadlines_;
  std::map<ticket, raft::log_index> confirmed_;
  std::set<std::pair<raft::log_index, ticket>> by_index_;
  std::map<ticket, store::revision> wanted_;
  std::set<std::pair<store::revision, ticket>> by_revision_;
  std::set<ticket> dropped_;
};

} // namespace troupe::state
