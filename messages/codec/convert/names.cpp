#include "messages/codec/convert/names.hpp"

#include "messages/schema/registry.hpp"

#include <algorithm>

namespace troupe::codec {

const schema::field_desc* counterpart(const schema::field_desc& field,
                                      const schema::type_desc& to,
                                      version_change way) {
  if (way == version_change::to_stored)
    return to.find(field.stored.empty() ? field.name : field.stored);
  const auto found = std::ranges::find_if(to.fields, [&](const auto& one) {
    return (one.stored.empty() ? one.name : one.stored) == field.name;
  });
  return found == to.fields.end() ? nullptr : &*found;
}

const schema::resource_desc* shown_version(const schema::type_desc& stored,
                                           std::string_view api_version) {
  if (stored.kinds.empty())
    return nullptr;
  const auto slash = api_version.find('/');
  const bool grouped = slash != std::string_view::npos;
  const auto* found = schema::find_kind(
      {grouped ? api_version.substr(0, slash) : std::string_view{},
       grouped ? api_version.substr(slash + 1) : api_version,
       stored.kinds.front().kind});
  const bool shows = found != nullptr && found->stored != nullptr
                     && found->stored->type == &stored;
  return shows ? found : nullptr;
}

} // namespace troupe::codec
