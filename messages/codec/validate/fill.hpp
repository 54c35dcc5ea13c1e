#pragma once

#include "messages/codec/document.hpp"

/// Setting members that are absent. Empty text counts as absent: where upstream
/// does not hold a field by pointer the two are one.
namespace troupe::codec {

void fill_text(document& doc, node& object, field_id id,
               std::string_view value);
void fill_integer(document& doc, node& object, field_id id, std::int64_t value);
void fill_boolean(document& doc, node& object, field_id id, bool value);
/// An empty object.
void fill_object(document& doc, node& object, field_id id);

/// Calls `f(item)` for each object in a list member.
template <class F>
void each_object(node& object, field_id id, F&& f) {
  node* list = object.find(id);
  if (list == nullptr || !list->is(node_kind::list))
    return;
  for (auto* item : list->items())
    if (item->is(node_kind::object))
      f(*item);
}

/// Calls `f(member)` if the member is an object.
template <class F>
void with_object(node& object, field_id id, F&& f) {
  node* member = object.find(id);
  if (member != nullptr && member->is(node_kind::object))
    f(*member);
}

} // namespace troupe::codec
