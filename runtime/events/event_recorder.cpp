#include "runtime/events/event_recorder.hpp"

#include "messages/meta/time.hpp"
#include "messages/schema/ids/core_v1.hpp"
#include "messages/schema/ids/meta_v1.hpp"
#include "messages/schema/registry.hpp"
#include "runtime/base/log.hpp"

namespace troupe::events {

namespace {

namespace ids = schema::ids;

constexpr duration patience = std::chrono::seconds{30};
constexpr int not_found = 404;

void set(codec::document& doc, codec::node& to, codec::field_id id,
         std::string_view text) {
  if (!text.empty())
    doc.set(to, id, doc.make_string(text));
}

void add_subject(codec::document& doc, const event_subject& about,
                 std::string_view field_path) {
  namespace ref = ids::object_reference;
  auto& to = doc.object_at(doc.root(), ids::event::involved_object);
  set(doc, to, ref::api_version, about.api_version);
  set(doc, to, ref::kind, about.kind);
  set(doc, to, ref::namespace_, about.ns);
  set(doc, to, ref::name, about.name);
  set(doc, to, ref::uid, about.uid);
  set(doc, to, ref::resource_version, about.resource_version);
  set(doc, to, ref::field_path, field_path);
}

/// `api` is asked again only while it answers.
void send(control::api_port& api, const std::function<mono_time()>& now,
          const api::request& request, const std::string& text) {
  api.call(request, now() + patience,
           [&api, now, request, text](const api::response& answer) {
             // The name is the event's own: an earlier answer was lost.
             const bool exists = request.verb == api::verb::create
                                 && answer.status.reason == "AlreadyExists";
             if (answer.status.success || exists)
               return;
             if (answer.status.code != not_found
                 || request.verb != api::verb::update)
               return log_warning("events", "event \"" + text
                                                + "\" was not stored: "
                                                + answer.status.message);
             auto anew = request;
             anew.verb = api::verb::create;
             anew.target.name.clear();
             send(api, now, anew, text);
           });
}

} // namespace

event_recorder::event_recorder(control::api_port& api, event_source source,
                               std::function<wall_time()> wall_now,
                               std::function<mono_time()> mono_now)
    : api_(api), source_(std::move(source)), wall_now_(std::move(wall_now)),
      mono_now_(std::move(mono_now)) {
  // nop
}

void event_recorder::record(const event_subject& about,
                            const event_note& note) {
  namespace fields = ids::event;
  const moment now{mono_now_(), wall_now_()};
  const auto stored =
      correlator_.with([&](auto& it) { return it.take(about, note, now); });
  if (!stored)
    return;
  const auto ns = about.ns.empty() ? std::string{"default"} : about.ns;
  codec::document doc{schema::find_kind_type({"", "v1", "Event"})};
  auto& metadata = doc.object_at(doc.root(), fields::metadata);
  set(doc, metadata, ids::object_meta::name, stored->name);
  set(doc, metadata, ids::object_meta::namespace_, ns);
  add_subject(doc, about, note.field_path);
  set(doc, doc.root(), fields::reason, note.reason);
  set(doc, doc.root(), fields::message, stored->message);
  auto& source = doc.object_at(doc.root(), fields::source);
  set(doc, source, ids::event_source::component, source_.component);
  set(doc, source, ids::event_source::host, source_.host);
  set(doc, doc.root(), fields::first_timestamp,
      meta::format_time(stored->first));
  set(doc, doc.root(), fields::last_timestamp, meta::format_time(now.wall));
  doc.set(doc.root(), fields::count, doc.make_integer(stored->count));
  set(doc, doc.root(), fields::type, note.warning ? "Warning" : "Normal");
  set(doc, doc.root(), fields::reporting_component, source_.component);
  set(doc, doc.root(), fields::reporting_instance, source_.host);
  api::request request;
  request.verb = stored->count == 1 ? api::verb::create : api::verb::update;
  request.target = {
      "", "v1", "events",
      "", ns,   stored->count == 1 ? std::string{} : stored->name};
  request.user = source_.user;
  request.field_manager = source_.component;
  request.body = std::make_shared<const codec::document>(std::move(doc));
  send(api_, mono_now_, std::move(request), to_string(note));
}

} // namespace troupe::events
