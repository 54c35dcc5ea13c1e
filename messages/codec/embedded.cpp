#include "messages/codec/embedded.hpp"

#include "messages/schema/descriptor.hpp"

namespace troupe::codec {

document read_embedded(const node& from, const schema::type_desc* type) {
  document out{type};
  for (const auto& [id, value] : from.members())
    if (schema::wrapper_number(id) != 0)
      out.set(out.root(), schema::field_number(id), out.clone(*value));
  return out;
}

} // namespace troupe::codec
