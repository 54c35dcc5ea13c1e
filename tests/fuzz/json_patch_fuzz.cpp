#include "messages/codec/json.hpp"
#include "messages/codec/patch/json_patch.hpp"
#include "messages/codec/patch/merge_patch.hpp"
#include "messages/codec/patch/patch.hpp"
#include "messages/schema/registry.hpp"

#include <string_view>

/// The first line is an object, the rest a patch of each kind: no patch breaks
/// the document, and what comes out can be written and read.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace troupe;
  using namespace troupe::codec;
  std::string_view input{reinterpret_cast<const char*>(data), size};
  auto end = input.find('\n');
  if (end == std::string_view::npos)
    return 0;
  auto object = decode_json(input.substr(0, end), nullptr);
  auto patch = decode_json(input.substr(end + 1), nullptr);
  if (!object || !patch)
    return 0;
  for (auto* apply : {apply_json_patch, apply_merge_patch}) {
    auto target = object->doc.clone();
    if (apply(target, patch->doc.root()))
      TROUPE_CHECK(
          decode_json(encode_json(target.root(), nullptr), nullptr).has_value(),
          "a patched document is JSON");
  }
  auto* type = schema::find_type("io.k8s.api.core.v1.Namespace");
  auto typed = decode_json(input.substr(0, end), type);
  if (typed)
    for (auto kind :
         {patch_kind::json, patch_kind::merge, patch_kind::strategic})
      (void)patch_object(typed->doc, {"v1", "Namespace", std::nullopt}, kind,
                         input.substr(end + 1))
          .has_value();
  return 0;
}
