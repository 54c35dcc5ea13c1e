#include "runtime/watch/watch_hub.hpp"

#include "messages/base/check.hpp"

#include <algorithm>

namespace troupe::watch {

watch_hub::watch_hub(std::shared_ptr<const store::store_snapshot> start,
                     std::uint64_t seed, hub_config config)
    : config_(config), root_(std::move(start)), jitter_(seed) {
  TROUPE_CHECK(root_ != nullptr, "a hub always has a snapshot");
  TROUPE_CHECK(config_.bookmark_jitter < config_.bookmark_interval,
               "bookmarks lie in the future");
}

hub_output watch_hub::add(watch_id id, watch_request request, mono_time now) {
  TROUPE_CHECK(!watches_.contains(id), "a watch is added once");
  hub_output out;
  if (watches_.size() >= config_.watches_max) {
    out.finishes.push_back({id, watch_end::unavailable});
    return out;
  }
  if (request.after && *request.after < root_->compacted()) {
    out.finishes.push_back({id, watch_end::compacted});
    return out;
  }
  const auto after = request.after.value_or(applied());
  auto& in = view_of(request);
  auto first = request.after ? replay(in.what, after)
                             : initial(in.what, request.mark_initial_end);
  watch one{&in, in.members.size(), request.bookmarks, {}, {}};
  // A client may ask for more than the time line holds: that is "never".
  if (request.timeout && *request.timeout < mono_time::max() - now)
    one.deadline = now + *request.timeout;
  in.members.push_back({id, after});
  schedule(id, watches_.emplace(id, one).first->second, now);
  if (!first.empty()) {
    out.lists.push_back(std::move(first));
    out.sends.push_back({id, 0, 0});
  }
  return out;
}

bool watch_hub::remove(watch_id id) {
  const auto found = watches_.find(id);
  if (found == watches_.end())
    return false;
  leave(found->second);
  watches_.erase(found);
  return true;
}

hub_output
watch_hub::advance(std::shared_ptr<const store::store_snapshot> next) {
  if (next->applied() < applied())
    return {};
  const auto from = applied();
  root_ = std::move(next);
  if (applied() == from)
    return {};
  if (root_->compacted() > from)
    return end_all(watch_end::unavailable);
  hub_output out;
  if (watches_.empty())
    return out;
  std::vector<view*> touched;
  root_->events(from, [&](const store::event& change) {
    index_.visit(change, [&](view& one) {
      auto seen = one.what.see(change);
      if (!seen)
        return;
      if (one.seen.empty())
        touched.push_back(&one);
      one.seen.push_back(std::move(*seen));
    });
    return true;
  });
  std::size_t members = 0;
  for (const auto* one : touched)
    members += one->members.size();
  out.lists.reserve(touched.size());
  out.sends.reserve(members);
  for (auto* one : touched)
    collect(*one, out);
  return out;
}

hub_output watch_hub::tick(mono_time now) {
  hub_output out;
  while (!due_.empty() && due_.begin()->first <= now) {
    const auto id = due_.begin()->second;
    auto& one = watches_.at(id);
    if (one.deadline && *one.deadline <= now) {
      out.finishes.push_back({id, watch_end::timeout});
      remove(id);
      continue;
    }
    // One that waits for the future would go back by resuming from here.
    if (one.in->members[one.position].after <= applied())
      out.sends.push_back({id, 0, 0});
    schedule(id, one, now);
  }
  if (!out.sends.empty())
    out.lists.push_back({bookmark()});
  return out;
}

view& watch_hub::view_of(watch_request& request) {
  selection what{std::move(request.prefix), std::move(request.labels),
                 std::move(request.fields)};
  auto fingerprint = what.fingerprint();
  auto& slot = views_[fingerprint];
  if (!slot) {
    slot = std::make_unique<view>(
        view{std::move(what), std::move(fingerprint), {}, {}});
    index_.insert(*slot);
  }
  return *slot;
}

/// Takes a watch out of its view, whose last member fills the place.
void watch_hub::leave(const watch& gone) {
  auto& in = *gone.in;
  const auto id = in.members[gone.position].id;
  if (gone.due)
    due_.erase({*gone.due, id});
  in.members[gone.position] = in.members.back();
  watches_.at(in.members[gone.position].id).position = gone.position;
  in.members.pop_back();
  if (!in.members.empty())
    return;
  index_.erase(in);
  views_.erase(views_.find(in.fingerprint));
}

void watch_hub::schedule(watch_id id, watch& one, mono_time now) {
  if (one.due)
    due_.erase({*one.due, id});
  one.due = one.deadline;
  if (one.bookmarks) {
    const auto sooner = duration{static_cast<duration::rep>(jitter_.below(
        static_cast<std::uint64_t>(config_.bookmark_jitter.count()) + 1))};
    auto next = now + config_.bookmark_interval - sooner;
    if (one.deadline && *one.deadline - config_.farewell > now)
      next = std::min(next, *one.deadline - config_.farewell);
    one.due = one.deadline ? std::min(next, *one.deadline) : next;
  }
  if (one.due)
    due_.emplace(*one.due, id);
}

/// What a view saw of the batch, for each of its members.
void watch_hub::collect(view& touched, hub_output& out) {
  const auto list = out.lists.size();
  out.lists.push_back(std::exchange(touched.seen, {}));
  const auto& seen = out.lists.back();
  for (const auto& one : touched.members) {
    const auto first =
        std::partition_point(seen.begin(), seen.end(), [&](const delivery& x) {
          return x.at <= one.after;
        });
    if (first != seen.end())
      out.sends.push_back(
          {one.id, list, static_cast<std::size_t>(first - seen.begin())});
  }
}

std::vector<delivery> watch_hub::replay(const selection& what,
                                        store::revision after) const {
  std::vector<delivery> out;
  if (after >= applied())
    return out;
  root_->events(after, [&](const store::event& change) {
    if (change.key.starts_with(what.prefix()))
      if (auto seen = what.see(change))
        out.push_back(std::move(*seen));
    return true;
  });
  return out;
}

std::vector<delivery> watch_hub::initial(const selection& what,
                                         bool mark_end) const {
  std::vector<delivery> out;
  root_->range(what.prefix(), store::prefix_end(what.prefix()), applied(),
               [&](const store::key& key, const store::version_ptr& object) {
                 if (what.sees(*object))
                   out.push_back({delivery_type::added, key, object,
                                  object->modified, false});
                 return true;
               });
  if (mark_end) {
    out.push_back(bookmark());
    out.back().initial_events_end = true;
  }
  return out;
}

delivery watch_hub::bookmark() const {
  return {delivery_type::bookmark, {}, nullptr, applied(), false};
}

hub_output watch_hub::end_all(watch_end why) {
  hub_output out;
  for (const auto& [id, one] : watches_)
    out.finishes.push_back({id, why});
  std::sort(out.finishes.begin(), out.finishes.end(),
            [](const auto& a, const auto& b) { return a.who < b.who; });
  due_.clear();
  watches_.clear();
  index_ = {};
  views_.clear();
  return out;
}

} // namespace troupe::watch
