#include "messages/base/check.hpp"
#include "messages/codec/convert/convert.hpp"
#include "messages/codec/json.hpp"
#include "messages/codec/validate/defaults.hpp"
#include "messages/codec/validate/strategy.hpp"
#include "messages/codec/validate/validate.hpp"
#include "messages/schema/registry.hpp"

#include <cstdint>
#include <string>

namespace {

using namespace troupe;
using namespace troupe::codec;

std::string text_of(const document& object) {
  return encode_json(object.root(), object.type());
}

/// What was decoded in a version, as it is stored.
document as_stored(document object, const schema::resource_desc& version) {
  if (&version.storage() == &version)
    return object;
  apply_table_defaults(object, object.root(), *version.type);
  auto out = to_stored(object, version);
  apply_version_defaults(out, version);
  return out;
}

/// Whatever was decoded can be defaulted, once and for all, and judged by the
/// rules of its version.
void judge(document object, const schema::resource_desc& version) {
  const auto& resource = version.storage();
  apply_defaults(object, resource);
  const auto once = text_of(object);
  apply_defaults(object, resource);
  TROUPE_CHECK(text_of(object) == once, "defaults are filled in once");
  auto old = object.clone();
  prepare_for_create(object, resource);
  validate_create(object, version);
  auto next = object.clone();
  prepare_for_update(next, old, resource);
  validate_update(next, old, version);
  for (const auto& sub : resource.subresources)
    if (sub.type == resource.type && sub.query == nullptr) {
      auto part = object.clone();
      prepare_for_subresource_update(part, old, resource, sub.name);
      validate_subresource_update(part, old, resource, sub.name);
    }
}

void judge(bytes_view text, const schema::resource_desc& version) {
  if (auto got = decode_json(text, version.type))
    judge(as_stored(std::move(got->doc), version), version);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const bytes_view text{reinterpret_cast<const char*>(data), size};
  for (const auto* version : schema::group_versions())
    for (const auto* resource : version->resources)
      judge(text, *resource);
  return 0;
}
