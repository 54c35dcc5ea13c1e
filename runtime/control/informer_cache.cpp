#include "runtime/control/informer_cache.hpp"

#include <algorithm>

namespace troupe::control {

informer_cache::informer_cache(informer_config config)
    : config_(std::move(config)) {
  TROUPE_CHECK(!config_.prefixes.empty(), "a controller watches something");
}

void informer_cache::advance(std::shared_ptr<const store::store_snapshot> view,
                             const visitor& changed) {
  if (view_ != nullptr && view->applied() <= view_->applied())
    return;
  const bool foldable =
      view_ != nullptr && view_->applied() >= view->compacted();
  const auto old = std::exchange(view_, view);
  if (foldable) {
    view->events(old->applied(), [&](const store::event& event) {
      const bool gone = event.now->tombstone();
      take({event.key, event.before, gone ? nullptr : event.now}, changed);
      return true;
    });
    return;
  }
  replace(old.get(), changed);
}

void informer_cache::replace(const store::store_snapshot* old,
                             const visitor& changed) {
  for (const auto& prefix : config_.prefixes) {
    const auto end = store::prefix_end(prefix);
    if (old != nullptr)
      old->range(prefix, end, old->applied(),
                 [&](const object_key& key, const store::version_ptr& before) {
                   if (view_->get(key) == nullptr)
                     take({key, before, nullptr}, changed);
                   return true;
                 });
    view_->range(prefix, end, view_->applied(),
                 [&](const object_key& key, const store::version_ptr& now) {
                   const auto before = old ? old->get(key) : nullptr;
                   if (before == nullptr || before->modified != now->modified)
                     take({key, before, now}, changed);
                   return true;
                 });
  }
}

store::revision informer_cache::applied() const {
  return view_ ? view_->applied() : store::revision{};
}

control::snapshot informer_cache::at(wall_time now) const {
  TROUPE_CHECK(view_ != nullptr, "a cache is read after its first view");
  return {view_, owners_, now, derived_};
}

bool informer_cache::watches(std::string_view key) const {
  return std::any_of(
      config_.prefixes.begin(), config_.prefixes.end(),
      [&](const std::string& prefix) { return key.starts_with(prefix); });
}

void informer_cache::take(const object_change& change, const visitor& changed) {
  if (!watches(change.key))
    return;
  if (config_.owners)
    owners_.change(change.key, change.before.get(), change.now.get());
  if (change.now == nullptr)
    derived_->forget(change.key);
  changed(change);
}

} // namespace troupe::control
