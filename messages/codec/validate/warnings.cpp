#include "messages/codec/validate/warnings.hpp"

#include "messages/codec/validate/kind_rules.hpp"

namespace troupe::codec {

std::vector<std::string>
warnings_on_create(const document& object,
                   const schema::resource_desc& resource) {
  std::vector<std::string> out;
  const auto& rules = find_rules(resource.kind.group, resource.kind.kind);
  if (rules.warn_create != nullptr)
    rules.warn_create(object, out);
  return out;
}

std::vector<std::string>
warnings_on_update(const document& next, const document& old,
                   const schema::resource_desc& resource,
                   std::string_view subresource) {
  std::vector<std::string> out;
  const auto& rules = find_rules(resource.kind.group, resource.kind.kind);
  if (subresource.empty() && rules.warn_update != nullptr)
    rules.warn_update(next, old, out);
  const auto* own = rules.find(subresource);
  if (own != nullptr && own->warn != nullptr)
    own->warn(next, out);
  return out;
}

} // namespace troupe::codec
