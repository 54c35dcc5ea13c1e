#include "actors/scheduler/event_series.hpp"

#include "actors/scheduler/pod_info.hpp"
#include "actors/scheduler/scheduler_requests.hpp"
#include "messages/meta/time.hpp"
#include "messages/schema/ids/core_v1.hpp"
#include "messages/schema/ids/meta_v1.hpp"
#include "messages/schema/registry.hpp"

#include <cstdio>

namespace troupe::scheduler {

namespace {

namespace ids = schema::ids;

/// The length of a note, as the API takes it.
constexpr std::size_t note_max = 1024;
constexpr std::string_view cut = " ...";

std::string shortened(const std::string& note) {
  return note.size() <= note_max
             ? note
             : note.substr(0, note_max - cut.size()).append(cut);
}

std::string name_of(const pod_event& event, wall_time wall) {
  char hex[20];
  std::snprintf(
      hex, sizeof hex, "%llx",
      static_cast<unsigned long long>(wall.time_since_epoch().count()));
  return event.name + "." + hex;
}

void set(codec::document& doc, codec::node& to, codec::field_id id,
         std::string_view text) {
  doc.set(to, id, doc.make_string(text));
}

void set_subject(codec::document& doc, const pod_event& about) {
  namespace ref = ids::object_reference;
  auto& to = doc.object_at(doc.root(), ids::event::involved_object);
  set(doc, to, ref::api_version, "v1");
  set(doc, to, ref::kind, "Pod");
  set(doc, to, ref::namespace_, about.ns);
  set(doc, to, ref::name, about.name);
  set(doc, to, ref::uid, about.uid);
  set(doc, to, ref::resource_version, std::to_string(about.version));
}

} // namespace

event_series::event_series(std::string instance)
    : instance_(std::move(instance)) {
  // nop
}

std::optional<api::request> event_series::take(const pod_event& event,
                                               mono_time now, wall_time wall) {
  const key which{event.uid, event.version, event.reason, event.action};
  const auto at = entries_.find(which);
  if (at == entries_.end()) {
    make_room();
    entry made{event, name_of(event, wall), wall};
    made.last = wall;
    made.written_at = now;
    if (!next_check_)
      next_check_ = now + finish_time;
    auto& kept = entries_.emplace(which, std::move(made)).first->second;
    seen(which, kept, now);
    return to_request(kept);
  }
  auto& mine = at->second;
  ++mine.count;
  mine.last = wall;
  seen(which, mine, now);
  if (mine.count > 2)
    return std::nullopt;
  mine.written = mine.count;
  mine.written_at = now;
  return to_request(mine);
}

std::vector<api::request> event_series::advance(mono_time now) {
  std::vector<api::request> out;
  if (!next_check_ || now < *next_check_)
    return out;
  for (auto at = entries_.begin(); at != entries_.end();) {
    auto& mine = at->second;
    const bool ended = now >= mine.last_seen + finish_time;
    const bool stale = now >= mine.written_at + refresh_time;
    if (mine.count > mine.written && (ended || stale)) {
      mine.written = mine.count;
      mine.written_at = now;
      out.push_back(to_request(mine));
    }
    if (ended)
      ages_.erase({mine.last_seen, at->first});
    at = ended ? entries_.erase(at) : std::next(at);
  }
  next_check_.reset();
  if (!entries_.empty())
    next_check_ = now + finish_time;
  return out;
}

std::optional<mono_time> event_series::next_moment() const {
  return next_check_;
}

api::request event_series::to_request(const entry& what) const {
  namespace fields = ids::event;
  codec::document doc{schema::find_kind_type({"", "v1", "Event"})};
  auto& root = doc.root();
  auto& metadata = doc.object_at(root, fields::metadata);
  set(doc, metadata, ids::object_meta::name, what.name);
  set(doc, metadata, ids::object_meta::namespace_, what.event.ns);
  set_subject(doc, what.event);
  set(doc, root, fields::reason, what.event.reason);
  set(doc, root, fields::message, shortened(what.event.note));
  set(doc, root, fields::type, what.event.warning ? "Warning" : "Normal");
  set(doc, root, fields::event_time, meta::format_micro_time(what.first));
  set(doc, root, fields::action, what.event.action);
  set(doc, root, fields::reporting_component, scheduler_name);
  set(doc, root, fields::reporting_instance, instance_);
  const bool series = what.count > 1;
  if (series) {
    auto& to = doc.object_at(root, fields::series);
    doc.set(to, ids::event_series::count, doc.make_integer(what.count));
    set(doc, to, ids::event_series::last_observed_time,
        meta::format_micro_time(what.last));
  }
  return scheduler_request(
      series ? api::verb::update : api::verb::create,
      {"", "v1", "events", "", what.event.ns, series ? what.name : ""},
      std::move(doc));
}

void event_series::seen(const key& which, entry& what, mono_time now) {
  ages_.erase({what.last_seen, which});
  what.last_seen = now;
  ages_.emplace(now, which);
}

void event_series::make_room() {
  if (entries_.size() < series_max)
    return;
  entries_.erase(ages_.begin()->second);
  ages_.erase(ages_.begin());
}

api::request created_anew(api::request update) {
  update.verb = api::verb::create;
  update.target.name.clear();
  return update;
}

} // namespace troupe::scheduler
