#include "messages/codec/validate/fill.hpp"

namespace troupe::codec {

void fill_text(document& doc, node& object, field_id id,
               std::string_view value) {
  const node* present = object.find(id);
  if (present == nullptr || present->is(node_kind::null)
      || present->string_or("x").empty())
    doc.set(object, id, doc.make_string(value));
}

void fill_integer(document& doc, node& object, field_id id,
                  std::int64_t value) {
  if (object.find(id) == nullptr)
    doc.set(object, id, doc.make_integer(value));
}

void fill_boolean(document& doc, node& object, field_id id, bool value) {
  if (object.find(id) == nullptr)
    doc.set(object, id, doc.make_boolean(value));
}

void fill_object(document& doc, node& object, field_id id) {
  doc.object_at(object, id);
}

} // namespace troupe::codec
