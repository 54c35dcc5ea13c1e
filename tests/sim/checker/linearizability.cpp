#include "tests/sim/checker/linearizability.hpp"

#include "runtime/base/prng.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <tuple>

namespace troupe::sim {

namespace {

/// Beginnings and ends in the order of time, as a list from which operations
/// are taken out and put back.
struct entry {
  std::size_t operation = 0;
  bool is_end = false;
  std::size_t before = 0;
  std::size_t after = 0;
};

/// The state after `what`, if it can happen here and matters.
std::optional<cell> next(const cell& at, const cell_operation& what) {
  if (what.met_value && *what.met_value != at.value)
    return {};
  if (what.met_revision && *what.met_revision != at.revision
      && (at.revision != cell::unknown || *what.met_revision == 0))
    return {};
  if (what.met_at_most && at.revision > *what.met_at_most)
    return {};
  if (what.met_something && at.value == 0)
    return {};
  if (!what.ended && (!what.left || *what.left == at))
    return {};
  return what.left ? *what.left : at;
}

class searcher {
public:
  searcher(std::vector<cell_operation> operations, std::uint64_t steps_max)
      : operations_(std::move(operations)), steps_max_(steps_max) {
    arrange();
    prng random{1};
    for (auto& number : numbers_)
      number = {random.next(), random.next()};
  }

  linearizability run() {
    std::size_t at = entries_[head].after;
    while (open_ > 0) {
      if (++steps_ > steps_max_)
        return {linearizability::verdict::given_up, steps_, {}};
      if (at == head || entries_[at].is_end) {
        if (taken_.empty())
          return {linearizability::verdict::broken, steps_, story()};
        at = put_back();
        continue;
      }
      const auto after = next(state_, operations_[entries_[at].operation]);
      if (after && remember(entries_[at].operation, *after)) {
        take(at, *after);
        at = entries_[head].after;
      } else {
        at = entries_[at].after;
      }
    }
    return {linearizability::verdict::holds, steps_, {}};
  }

private:
  static constexpr std::size_t head = 0;

  struct step {
    std::size_t at;
    cell before;
  };

  void arrange() {
    numbers_.resize(operations_.size());
    std::vector<std::tuple<mono_time, bool, std::size_t>> moments;
    for (std::size_t i = 0; i < operations_.size(); ++i) {
      moments.emplace_back(operations_[i].begun, false, i);
      if (!operations_[i].ended)
        continue;
      moments.emplace_back(*operations_[i].ended, true, i);
      ++open_;
    }
    // At the same moment beginnings come first: nothing is claimed of those.
    std::sort(moments.begin(), moments.end());
    ends_.resize(operations_.size());
    entries_.resize(moments.size() + 1);
    for (std::size_t i = 0; i < moments.size(); ++i) {
      const auto& [when, is_end, operation] = moments[i];
      entries_[i + 1] = {operation, is_end, i, i + 2};
      if (is_end)
        ends_[operation] = i + 1;
    }
    entries_[head].after = moments.empty() ? head : 1;
    entries_[head].before = moments.size();
    if (!moments.empty())
      entries_.back().after = head;
  }

  void unlink(std::size_t at) {
    entries_[entries_[at].before].after = entries_[at].after;
    entries_[entries_[at].after].before = entries_[at].before;
  }

  void relink(std::size_t at) {
    entries_[entries_[at].before].after = at;
    entries_[entries_[at].after].before = at;
  }

  /// False when the search was here before: the same operations taken, the
  /// same state.
  bool remember(std::size_t operation, const cell& after) {
    const auto& number = numbers_[operation];
    return seen_
        .emplace(set_[0] ^ number[0], set_[1] ^ number[1], after.value,
                 after.revision)
        .second;
  }

  void flip(std::size_t operation) {
    set_[0] ^= numbers_[operation][0];
    set_[1] ^= numbers_[operation][1];
  }

  void take(std::size_t at, const cell& after) {
    const auto operation = entries_[at].operation;
    taken_.push_back({at, state_});
    state_ = after;
    flip(operation);
    unlink(at);
    if (operations_[operation].ended) {
      unlink(ends_[operation]);
      --open_;
    }
    if (taken_.size() > furthest_) {
      furthest_ = taken_.size();
      stuck_ = first_open();
      stuck_state_ = state_;
    }
  }

  std::size_t put_back() {
    const auto last = taken_.back();
    taken_.pop_back();
    const auto operation = entries_[last.at].operation;
    if (operations_[operation].ended) {
      relink(ends_[operation]);
      ++open_;
    }
    relink(last.at);
    flip(operation);
    state_ = last.before;
    return entries_[last.at].after;
  }

  /// The operation whose end comes first among those not taken.
  std::optional<std::size_t> first_open() const {
    for (auto at = entries_[head].after; at != head; at = entries_[at].after)
      if (entries_[at].is_end)
        return entries_[at].operation;
    return {};
  }

  std::string story() const {
    if (!stuck_)
      return operations_.empty() ? "" : operations_.front().text;
    std::string out = "no order explains " + operations_[*stuck_].text;
    out += " in state value " + std::to_string(stuck_state_.value)
           + " revision " + std::to_string(stuck_state_.revision);
    // What overlaps it, and what came last before it.
    std::vector<std::size_t> near;
    for (std::size_t i = 0; i < operations_.size(); ++i)
      if (operations_[i].begun <= *operations_[*stuck_].ended)
        near.push_back(i);
    std::sort(near.begin(), near.end(), [&](auto a, auto b) {
      return operations_[a].begun < operations_[b].begun;
    });
    const std::size_t first = near.size() > 12 ? near.size() - 12 : 0;
    for (std::size_t i = first; i < near.size(); ++i)
      out += "\n      " + operations_[near[i]].text;
    return out;
  }

  std::vector<cell_operation> operations_;
  std::uint64_t steps_max_;
  std::uint64_t steps_ = 0;
  std::vector<entry> entries_;
  std::vector<std::size_t> ends_;
  /// Each operation's share in the name of a set of operations; two random
  /// words, so that no two sets ever share one.
  std::vector<std::array<std::uint64_t, 2>> numbers_;
  std::array<std::uint64_t, 2> set_{};
  std::set<
      std::tuple<std::uint64_t, std::uint64_t, std::uint64_t, std::uint64_t>>
      seen_;
  std::vector<step> taken_;
  cell state_;
  std::size_t open_ = 0; ///< with an end, not taken
  std::size_t furthest_ = 0;
  std::optional<std::size_t> stuck_;
  cell stuck_state_;
};

} // namespace

linearizability search(std::vector<cell_operation> operations,
                       std::uint64_t steps_max) {
  return searcher{std::move(operations), steps_max}.run();
}

} // namespace troupe::sim
