#include "messages/codec/patch/merge_patch.hpp"

#include <vector>

namespace troupe::codec {

namespace {

/// MergePatch of RFC 7396, section 2. `target` may be null.
node* merged(document& out, node* target, const node& patch) {
  if (!patch.is(node_kind::map))
    return out.clone(patch);
  if (!target || !target->is(node_kind::map))
    target = out.make_map();
  std::vector<entry> changes;
  changes.reserve(patch.size());
  for (auto& [key, value] : patch.entries()) {
    auto* next = value->is(node_kind::null)
                     ? nullptr
                     : merged(out, target->find(key), *value);
    changes.push_back({key, next});
  }
  out.update(*target, changes);
  return target;
}

node* difference(document& out, const node& from, const node& to) {
  if (!from.is(node_kind::map) || !to.is(node_kind::map))
    return out.clone(to);
  auto* patch = out.make_map();
  for (auto& [key, value] : from.entries())
    if (!to.find(key) && !value->is(node_kind::null))
      out.set(*patch, key, out.make_null());
  for (auto& [key, value] : to.entries()) {
    auto* before = from.find(key);
    if (!before)
      out.set(*patch, key, out.clone(*value));
    else if (!equal(*before, *value))
      out.set(*patch, key, difference(out, *before, *value));
  }
  return patch;
}

} // namespace

patch_status apply_merge_patch(document& target, const node& patch) {
  if (patch.is(node_kind::null))
    return patch_error{patch_fault::malformed, "Invalid JSON Patch", {}};
  if (!patch.is(node_kind::map)) {
    std::string text{"error decoding patch: json: cannot unmarshal "};
    text += patch.is(node_kind::list)      ? "array"
            : patch.is(node_kind::string)  ? "string"
            : patch.is(node_kind::boolean) ? "bool"
                                           : "number";
    text += " into Go value of type map[string]interface {}";
    return patch_error{patch_fault::malformed, std::move(text), {}};
  }
  target.root(*merged(target, &target.root(), patch));
  return unit{};
}

document make_merge_patch(const node& from, const node& to) {
  document out;
  out.root(*difference(out, from, to));
  return out;
}

} // namespace troupe::codec
