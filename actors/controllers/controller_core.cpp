#include "actors/controllers/controller_core.hpp"

#include <algorithm>

namespace troupe::controllers {

controller_core::controller_core(controller_spec spec, std::uint64_t seed)
    : spec_(std::move(spec)), random_(seed), cache_(spec_.watches) {
  // nop
}

core_effects
controller_core::step(const control::moment& now,
                      std::shared_ptr<const store::store_snapshot> view,
                      std::vector<control::loop_input> inputs) {
  now_ = now;
  look(std::move(view));
  for (auto& input : inputs)
    std::visit([this](auto& what) { take(what); }, input);
  for (const auto& key : barrier_.applied(cache_.applied()))
    rest(key);
  enqueue_periodic();
  queue_.advance(now_.mono);
  while (in_hand_ < keys_max) {
    const auto key = queue_.next();
    if (!key)
      break;
    ++in_hand_;
    plan(*key, false);
  }
  out_.read = barrier_.start_read();
  out_.wake_at = queue_.next_moment();
  if (next_period_ && (!out_.wake_at || *next_period_ < *out_.wake_at))
    out_.wake_at = next_period_;
  return std::exchange(out_, {});
}

bool controller_core::quiet() const {
  return in_hand_ == 0 && queue_.waiting() == 0 && !queue_.next_moment();
}

void controller_core::look(std::shared_ptr<const store::store_snapshot> view) {
  const auto enqueue = [this](const object_key& key) { queue_.add(key); };
  const control::snapshot newest{view, {}, now_.wall};
  cache_.advance(std::move(view), [&](const control::object_change& change) {
    spec_.keys_of(change, cache_.owners(), enqueue);
    if (spec_.keys_in_view)
      spec_.keys_in_view(change, newest, enqueue);
  });
}

void controller_core::enqueue_periodic() {
  if (!spec_.periodic || (next_period_ && now_.mono < *next_period_))
    return;
  for (const auto& key : spec_.periodic->keys)
    queue_.add(key);
  next_period_ = now_.mono + spec_.periodic->every;
}

void controller_core::plan(const object_key& key, bool confirmed) {
  auto view = cache_.at(now_.wall);
  if (const auto at = refusals_.find(key); at != refusals_.end())
    view.refusals(at->second);
  view.seen(sightings_, now_.mono);
  const auto what = spec_.reconcile(view, key);
  sightings_.replace(key, what.seen, now_.mono);
  for (const auto& [about, note] : what.events)
    out_.events.push_back({about, note});
  // The two clocks drift apart, so that the moment may come a little early:
  // then the key is planned once more.
  if (what.again_at)
    queue_.add_after(key, now_.mono + (*what.again_at - now_.wall));
  if (what.empty()) {
    refusals_.erase(key);
    queue_.forget(key);
    return rest(key);
  }
  if (what.needs_confirmation() && !confirmed) {
    confirming_.insert(key);
    return barrier_.wait_for_read(key);
  }
  carry_out(key, what);
}

void controller_core::carry_out(const object_key& key,
                                const control::plan& what) {
  auto& mine = works_[key];
  TROUPE_CHECK(mine.open.empty(), "a key has one plan under way");
  const auto count = std::min(what.actions.size(), writes_per_key_max);
  mine.more = count < what.actions.size();
  for (std::size_t i = 0; i < count; ++i) {
    last_ticket_ = last_ticket_.next();
    tickets_.emplace(last_ticket_, key);
    mine.open.emplace(last_ticket_, what.actions[i]);
    out_.calls.push_back(
        {last_ticket_, control::to_request(what.actions[i], spec_.name)});
  }
}

void controller_core::take(control::call_answered& input) {
  const auto found = tickets_.extract(input.ticket);
  TROUPE_CHECK(!found.empty(), "a write is answered once");
  const auto& key = found.mapped();
  auto& mine = works_.at(key);
  const auto action = mine.open.extract(input.ticket).mapped();
  const auto& answer = input.response;
  mine.newest = std::max(mine.newest, store::revision{answer.revision});
  const auto verdict = control::judge(action, answer);
  tell(action, verdict, answer.status.message);
  switch (verdict) {
    case control::verdict::done:
      break;
    case control::verdict::outdated:
      mine.outdated = true;
      break;
    case control::verdict::unknown:
      mine.unknown = true;
      break;
    case control::verdict::refused:
      mine.refusals.push_back({action.target, answer.status.message});
      out_.warnings.push_back(control::to_string(action) + ": "
                              + answer.status.message);
      break;
  }
  if (!mine.open.empty())
    return;
  auto ended = std::move(mine);
  works_.erase(key);
  conclude(key, ended);
}

void controller_core::tell(const control::action& action,
                           control::verdict verdict, const std::string& why) {
  if (!action.event)
    return;
  const auto& [about, done, refused] = *action.event;
  if (verdict == control::verdict::done && done)
    out_.events.push_back({about, *done});
  if (verdict != control::verdict::refused || !refused)
    return;
  auto note = *refused;
  note.message += why;
  out_.events.push_back({about, std::move(note)});
}

void controller_core::conclude(const object_key& key, work& ended) {
  const bool well = !ended.outdated && !ended.unknown && ended.refusals.empty();
  if (ended.refusals.empty())
    refusals_.erase(key);
  else
    refusals_[key] = std::move(ended.refusals);
  if (well)
    queue_.forget(key);
  else
    again(key);
  if (ended.more)
    queue_.add(key);
  if (ended.unknown)
    return barrier_.wait_for_read(key);
  barrier_.wait_for(key, ended.newest);
}

void controller_core::take(control::read_ended& input) {
  const bool reached = input.outcome == store::barrier_outcome::reached;
  for (const auto& key : barrier_.end_read()) {
    const bool confirms = confirming_.erase(key) == 1;
    if (!reached) {
      again(key);
      rest(key);
    } else if (confirms) {
      plan(key, true);
    } else {
      rest(key);
    }
  }
}

void controller_core::rest(const object_key& key) {
  TROUPE_CHECK(in_hand_ > 0, "only a key in hand is put down");
  --in_hand_;
  queue_.done(key);
}

void controller_core::again(const object_key& key) {
  queue_.retry(key, now_.mono, random_.next());
}

} // namespace troupe::controllers
