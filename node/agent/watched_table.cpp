#include "node/agent/watched_table.hpp"

#include "messages/view/core_v1.hpp"

#include <algorithm>

namespace troupe::agent {

namespace {

/// Objects of all kinds have their metadata in the same place.
std::string uid_of(const codec::document& object) {
  return std::string{view::core_v1::pod{object}.metadata().uid()};
}

} // namespace

void watched_table::begin_anew() {
  after_.reset();
  seen_.clear();
  beginning_ = true;
  complete_ = false;
}

/// A beginning that broke off is begun anew; history that is gone, too.
void watched_table::ended(const std::string& why) {
  if (beginning_ || why == api_call::expired)
    after_.reset();
  beginning_ = !after_;
  seen_.clear();
}

std::vector<object_change>
watched_table::apply(const api_call::watch_batch& batch) {
  std::vector<object_change> out;
  for (const auto& event : batch) {
    if (event.type == api_call::event_type::bookmark) {
      if (event.initial_end)
        sweep(out);
    } else {
      take(event, out);
    }
    if (!beginning_)
      after_ = std::max(after_.value_or(0), event.revision);
  }
  return out;
}

void watched_table::take(const api_call::watch_event& event,
                         std::vector<object_change>& out) {
  if (!event.object)
    return;
  const auto uid = uid_of(*event.object);
  const bool gone = event.type == api_call::event_type::deleted;
  if (gone)
    objects_.erase(uid);
  else
    objects_[uid] = event.object;
  if (beginning_ && !gone)
    seen_.insert(uid);
  out.push_back({uid, event.object, gone});
}

void watched_table::sweep(std::vector<object_change>& out) {
  beginning_ = false;
  complete_ = true;
  for (auto at = objects_.begin(); at != objects_.end();) {
    if (seen_.contains(at->first)) {
      ++at;
      continue;
    }
    out.push_back({at->first, at->second, true});
    at = objects_.erase(at);
  }
  seen_.clear();
}

} // namespace troupe::agent
