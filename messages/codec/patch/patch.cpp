#include "messages/codec/patch/patch.hpp"

#include "messages/codec/patch/json_patch.hpp"
#include "messages/codec/patch/merge_patch.hpp"
#include "messages/codec/patch/strategic_merge.hpp"
#include "messages/codec/patch/untyped.hpp"

namespace troupe::codec {

namespace {

patch_error undecodable(patch_kind kind, const error& why) {
  std::string text{kind == patch_kind::strategic ? ""
                                                 : "error decoding patch: "};
  return {patch_fault::malformed, text + why.message, {}};
}

patch_status apply(document& target, patch_kind kind, const node& patch,
                   const schema::type_desc& type) {
  switch (kind) {
    case patch_kind::json:
      return apply_json_patch(target, patch);
    case patch_kind::merge:
      return apply_merge_patch(target, patch);
    case patch_kind::strategic:
      break;
  }
  return apply_strategic_patch(target, patch, type);
}

/// What strict reading finds in the patch itself.
std::vector<std::string> problems_of(patch_kind kind, const decoded& patch) {
  if (kind != patch_kind::json)
    return patch.problems;
  auto found = unknown_in_json_patch(patch.doc.root());
  found.insert(found.end(), patch.problems.begin(), patch.problems.end());
  for (auto& one : found)
    one = "json patch " + one;
  return found;
}

} // namespace

patch_result<decoded> patch_object(const document& object,
                                   const encode_options& as, patch_kind kind,
                                   bytes_view patch,
                                   const json_limits& limits) {
  TROUPE_CHECK(object.type() != nullptr, "only typed objects are patched");
  auto change = decode_json(patch, nullptr, limits);
  if (!change)
    return undecodable(kind, change.error());
  auto target = to_untyped(object, as);
  if (!target)
    return patch_error{patch_fault::unclassified, target.error().message, {}};
  auto done = apply(*target, kind, change->doc.root(), *object.type());
  if (!done)
    return std::move(done.error());
  auto text = encode_json(target->root(), nullptr);
  auto patched = decode_json(text, object.type(), limits);
  if (!patched)
    return patch_error{patch_fault::invalid_result, patched.error().message,
                       std::move(text)};
  auto& problems = patched->problems;
  const auto own = problems_of(kind, *change);
  problems.insert(problems.begin(), own.begin(), own.end());
  if (problems.size() > decoded::problems_max)
    problems.resize(decoded::problems_max);
  return std::move(*patched);
}

} // namespace troupe::codec
