#include "messages/base/check.hpp"
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

/// Whatever was decoded can be defaulted, once and for all, and judged.
void judge(document object, const schema::resource_desc& resource) {
  apply_defaults(object, resource);
  const auto once = text_of(object);
  apply_defaults(object, resource);
  TROUPE_CHECK(text_of(object) == once, "defaults are filled in once");
  auto old = object.clone();
  prepare_for_create(object, resource);
  validate_create(object, resource);
  auto next = object.clone();
  prepare_for_update(next, old, resource);
  validate_update(next, old, resource);
  for (const auto& sub : resource.subresources)
    if (sub.type == resource.type && sub.query == nullptr) {
      auto part = object.clone();
      prepare_for_subresource_update(part, old, resource, sub.name);
      validate_subresource_update(part, old, resource, sub.name);
    }
}

void judge(bytes_view text, const schema::resource_desc& resource) {
  if (auto got = decode_json(text, resource.type))
    judge(std::move(got->doc), resource);
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
