#include "messages/codec/validate/event_checks.hpp"
#include "messages/codec/validate/internal_json.hpp"
#include "messages/codec/validate/kind_rules.hpp"
#include "messages/codec/validate/object_ids.hpp"
#include "messages/schema/ids/core_v1.hpp"

/// What events.k8s.io/v1 asks for beyond core/v1, of the same stored objects.
namespace troupe::codec {

namespace {

namespace event_id = schema::ids::core_v1::event;
namespace series_id = schema::ids::core_v1::event_series;
namespace source_id = schema::ids::core_v1::event_source;

constexpr std::int64_t series_count_min = 2;

void check(const document& object, meta::field_errors& errors) {
  check_event(object, "reportingController", errors);
}

void check_series(const node& event, meta::field_errors& errors) {
  const auto* series = event.find(event_id::series);
  if (series == nullptr)
    return;
  const auto* count = series->find(series_id::count);
  if (count == nullptr || count->integer_or(0) < series_count_min)
    errors.push_back(meta::invalid("series.count", meta::quoted(""),
                                   "should be at least 2"));
  if (text_of(series, series_id::last_observed_time).empty())
    errors.push_back(meta::required("series.lastObservedTime"));
}

/// What older clients say, and this version does not.
void check_unset(bool set, const char* field, meta::field_errors& errors) {
  if (set)
    errors.push_back(
        meta::invalid(field, meta::quoted(""), "needs to be unset"));
}

void check_create(const document& object, meta::field_errors& errors) {
  const auto& event = object.root();
  const auto name = text_of(event.find(metadata_id), object_meta::name);
  for (auto& complaint : meta::check_dns1123_subdomain(name))
    errors.push_back(
        meta::invalid("metadata.name", meta::quoted(name), complaint));
  check_series(event, errors);
  if (text_of(&event, event_id::event_time).empty())
    errors.push_back(meta::required("eventTime"));
  const auto type = text_of(&event, event_id::type);
  if (type != "Normal" && type != "Warning")
    errors.push_back(meta::invalid("type", meta::quoted(""),
                                   "has invalid value: " + std::string{type}));
  const auto* count = event.find(event_id::count);
  const auto* source = event.find(event_id::source);
  check_unset(!text_of(&event, event_id::first_timestamp).empty(),
              "firstTimestamp", errors);
  check_unset(!text_of(&event, event_id::last_timestamp).empty(),
              "lastTimestamp", errors);
  check_unset(count != nullptr && count->integer_or(0) != 0, "count", errors);
  check_unset(!text_of(source, source_id::component).empty()
                  || !text_of(source, source_id::host).empty(),
              "source", errors);
}

/// A value as an error shows it.
std::string shown(const node* value, const schema::field_desc& field) {
  if (value == nullptr)
    return field.type == schema::value_type::int32 ? "0"
           : field.pointer                         ? "null"
                                                   : meta::quoted("");
  if (field.object != nullptr)
    return internal_json(*value, *field.object);
  return value->is(node_kind::integer) ? std::to_string(value->integer())
                                       : meta::quoted(value->string_or(""));
}

bool same(const node* a, const node* b) {
  const auto empty = [](const node* value) {
    return value == nullptr || (value->is(node_kind::object) && value->empty());
  };
  return empty(a) || empty(b) ? empty(a) == empty(b) : equal(*a, *b);
}

/// All but the metadata and the series stays as it is.
void check_update(const document& next, const document& old,
                  meta::field_errors& errors) {
  const auto differs = [&](field_id id) {
    return !same(next.root().find(id), old.root().find(id));
  };
  if (differs(event_id::series))
    check_series(next.root(), errors);
  for (const auto id :
       {event_id::involved_object, event_id::reason, event_id::message,
        event_id::source, event_id::first_timestamp, event_id::last_timestamp,
        event_id::count, event_id::action, event_id::related,
        event_id::reporting_component, event_id::reporting_instance,
        event_id::type, event_id::event_time}) {
    const auto* field = next.type()->find(id);
    if (differs(id))
      errors.push_back(meta::invalid(
          std::string{id == event_id::reporting_component
                          ? std::string_view{"reportingController"}
                          : field->name},
          shown(next.root().find(id), *field), "field is immutable"));
  }
}

} // namespace

extern const kind_rules event_v1_rules;
const kind_rules event_v1_rules{
    .group = "events.k8s.io",
    .kind = "Event",
    .name = meta::check_path_name,
    .create_on_update = true,
    .check = check,
    .check_create = check_create,
    .check_update = check_update,
};

} // namespace troupe::codec
