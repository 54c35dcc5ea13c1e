#include "runtime/raft/progress.hpp"

#include "messages/base/check.hpp"

#include <algorithm>

namespace troupe::raft {

bool progress::may_send(std::size_t inflight_max) const {
  if (const auto* p = std::get_if<probing>(&mode_))
    return !p->waiting;
  if (const auto* r = std::get_if<replicating>(&mode_))
    return r->in_flight.size() < inflight_max;
  return false;
}

void progress::sent(std::size_t count, log_index commit) {
  TROUPE_CHECK(!installation(), "no append goes to an installing follower");
  commit_told_ = std::max(commit_told_, commit);
  if (auto* p = std::get_if<probing>(&mode_)) {
    // The place is not known yet: the next attempt starts there again.
    p->waiting = true;
    return;
  }
  if (count == 0)
    return;
  next_ = next_.plus(count);
  auto& in_flight = std::get<replicating>(mode_).in_flight;
  in_flight.push_back(log_index{next_.value() - 1});
}

bool progress::accepted(log_index match) {
  const bool is_news = match > match_;
  match_ = std::max(match_, match);
  advanced_ = advanced_ || is_news;
  if (auto* r = std::get_if<replicating>(&mode_)) {
    while (!r->in_flight.empty() && r->in_flight.front() <= match_)
      r->in_flight.pop_front();
  } else if (auto* i = installation(); !i || i->snapshot.index <= match_) {
    // A stale answer may be below an old match; what counts is the match.
    mode_ = replicating{};
    next_ = match_.next();
  }
  next_ = std::max(next_, match_.next());
  TROUPE_CHECK(next_ > match_, "what is matched is not sent again");
  return is_news;
}

bool progress::rejected(log_index previous, log_index retry) {
  if (installation() || previous <= match_)
    return false;
  // A probe's own refusal names the place it asked about; others are late.
  if (is_probing() && previous.next() != next_)
    return false;
  const auto below = std::min(retry, previous);
  probe_from(std::max(below, match_.next()));
  return true;
}

void progress::lost_tail(log_index kept) {
  match_ = std::min(match_, kept);
  // It acknowledges nothing, so that only this tells that it has a snapshot.
  const auto* i = installation();
  if (!i || i->snapshot.index <= kept)
    probe_from(kept.next());
}

void progress::heard() {
  active = true;
  if (auto* p = std::get_if<probing>(&mode_)) {
    p->waiting = false;
  } else if (auto* r = std::get_if<replicating>(&mode_)) {
    if (!r->in_flight.empty() && !advanced_)
      probe_from(match_.next());
  }
  advanced_ = false;
}

void progress::install(log_position snapshot) {
  TROUPE_CHECK(!installation(), "one snapshot at a time");
  TROUPE_CHECK(snapshot.index > match_, "a snapshot brings news");
  mode_ = installing{snapshot};
}

void progress::probe_from(log_index next) {
  TROUPE_CHECK(next > match_, "what is matched is not sent again");
  mode_ = probing{};
  next_ = next;
}

} // namespace troupe::raft
