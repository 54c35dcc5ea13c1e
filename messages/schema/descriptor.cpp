#include "messages/schema/descriptor.hpp"

#include <algorithm>

namespace troupe::schema {

const field_desc* type_desc::find(field_id id) const {
  // Most types number their fields 1, 2, 3, ... without gaps.
  if (id - 1 < fields.size() && fields[id - 1].id == id)
    return &fields[id - 1];
  auto at = std::lower_bound(
      fields.begin(), fields.end(), id,
      [](const field_desc& each, field_id wanted) { return each.id < wanted; });
  return at != fields.end() && at->id == id ? &*at : nullptr;
}

const field_desc* type_desc::find(std::string_view name) const {
  auto at =
      std::lower_bound(by_name.begin(), by_name.end(), name,
                       [this](std::uint16_t index, std::string_view wanted) {
                         return fields[index].name < wanted;
                       });
  return at != by_name.end() && fields[*at].name == name ? &fields[*at]
                                                         : nullptr;
}

} // namespace troupe::schema
