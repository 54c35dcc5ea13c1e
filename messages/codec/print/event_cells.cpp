#include "messages/codec/print/event_cells.hpp"

#include "messages/base/json_escape.hpp"
#include "messages/codec/print/age_text.hpp"
#include "messages/schema/ids/core_v1.hpp"

#include <algorithm>

namespace troupe::codec {

namespace {

namespace event_id = schema::ids::event;
namespace reference_id = schema::ids::object_reference;
namespace series_id = schema::ids::event_series;
namespace source_id = schema::ids::event_source;

std::string_view text_at(const node& event,
                         std::initializer_list<field_id> path) {
  const auto* value = find(event, path);
  return value == nullptr ? std::string_view{} : value->string_or("");
}

const node* series_of(const node& event) {
  const auto* series = event.find(event_id::series);
  return series != nullptr && series->is(node_kind::object) ? series : nullptr;
}

bool has_text(const node& event, field_id id) {
  return !text_at(event, {id}).empty();
}

const node* first_seen(const node& event) {
  return event.find(has_text(event, event_id::first_timestamp)
                        ? event_id::first_timestamp
                        : event_id::event_time);
}

const node* last_seen(const node& event) {
  if (const auto* series = series_of(event))
    return series->find(series_id::last_observed_time);
  return has_text(event, event_id::last_timestamp)
             ? event.find(event_id::last_timestamp)
             : first_seen(event);
}

std::int64_t integer_at(const node& object, field_id id) {
  const auto* value = object.find(id);
  return value == nullptr ? 0 : value->integer_or(0);
}

std::int64_t count_of(const node& event) {
  if (const auto* series = series_of(event))
    return integer_at(*series, series_id::count);
  const auto count = integer_at(event, event_id::count);
  return count == 0 ? 1 : count;
}

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view space = " \t\n\v\f\r";
  const auto first = text.find_first_not_of(space);
  if (first == text.npos)
    return {};
  return text.substr(first, text.find_last_not_of(space) - first + 1);
}

} // namespace

void append_event_count(std::string& out, const node& event, wall_time) {
  out += std::to_string(count_of(event));
}

void append_event_first_seen(std::string& out, const node& event,
                             wall_time now) {
  append_json_string(out, age_text(first_seen(event), now));
}

void append_event_last_seen(std::string& out, const node& event,
                            wall_time now) {
  append_json_string(out, age_text(last_seen(event), now));
}

void append_event_message(std::string& out, const node& event, wall_time) {
  append_json_string(out, trimmed(text_at(event, {event_id::message})));
}

void append_event_object(std::string& out, const node& event, wall_time) {
  std::string text{
      text_at(event, {event_id::involved_object, reference_id::kind})};
  std::ranges::transform(text, text.begin(), lower);
  const auto name =
      text_at(event, {event_id::involved_object, reference_id::name});
  if (!name.empty())
    text.append("/").append(name);
  append_json_string(out, text);
}

void append_event_source(std::string& out, const node& event, wall_time) {
  auto who = text_at(event, {event_id::source, source_id::component});
  if (who.empty())
    who = text_at(event, {event_id::reporting_component});
  auto where = text_at(event, {event_id::source, source_id::host});
  if (where.empty())
    where = text_at(event, {event_id::reporting_instance});
  std::string text{who};
  if (!where.empty())
    text.append(", ").append(where);
  append_json_string(out, text);
}

} // namespace troupe::codec
