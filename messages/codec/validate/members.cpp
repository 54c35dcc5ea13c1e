#include "messages/codec/validate/members.hpp"

namespace troupe::codec {

void copy_member(document& doc, node& to, const node* from, field_id id) {
  const node* value = from == nullptr ? nullptr : from->find(id);
  if (value == nullptr)
    doc.erase(to, id);
  else
    doc.set(to, id, doc.clone(*value));
}

} // namespace troupe::codec
