#include "actors/controllers/namespace/conditions.hpp"

#include "messages/codec/validate/object_ids.hpp"
#include "messages/meta/time.hpp"

#include <algorithm>

namespace troupe::controllers::namespaces {

namespace {

constexpr codec::field_id status_id = 3;
constexpr codec::field_id conditions_id = 2; // of the status

namespace condition_id {
constexpr codec::field_id type = 1;
constexpr codec::field_id status = 2;
constexpr codec::field_id last_transition_time = 4;
constexpr codec::field_id reason = 5;
constexpr codec::field_id message = 6;
} // namespace condition_id

struct condition {
  std::string_view type;
  bool holds = false;
  std::string_view reason;
  std::string message;
};

std::string joined(std::vector<std::string> texts) {
  std::sort(texts.begin(), texts.end());
  std::string out;
  for (const auto& text : texts)
    out += (out.empty() ? "" : ", ") + text;
  return out;
}

std::string counted(const std::map<std::string, std::size_t>& counts,
                    std::string_view between) {
  std::vector<std::string> texts;
  for (const auto& [name, count] : counts)
    texts.push_back(name + std::string{between} + std::to_string(count)
                    + " resource instances");
  return joined(std::move(texts));
}

/// Every served group version is compiled in, so discovery cannot fail.
condition discovery() {
  return {"NamespaceDeletionDiscoveryFailure", false, "ResourcesDiscovered",
          "All resources successfully discovered"};
}

condition parsing() {
  return {"NamespaceDeletionGroupVersionParsingFailure", false,
          "ParsedGroupVersions", "All legacy kube types successfully parsed"};
}

condition deletion(const remainder& left) {
  constexpr std::string_view type = "NamespaceDeletionContentFailure";
  if (left.failures.empty())
    return {type, false, "ContentDeleted",
            "All content successfully deleted, may be waiting on finalization"};
  return {type, true, "ContentDeletionFailed",
          "Failed to delete all resource types, "
              + std::to_string(left.failures.size())
              + " remaining: " + joined(left.failures)};
}

condition content(const remainder& left) {
  constexpr std::string_view type = "NamespaceContentRemaining";
  if (left.resources.empty())
    return {type, false, "ContentRemoved", "All content successfully removed"};
  return {type, true, "SomeResourcesRemain",
          "Some resources are remaining: " + counted(left.resources, " has ")};
}

condition finalizers(const remainder& left) {
  constexpr std::string_view type = "NamespaceFinalizersRemaining";
  if (left.finalizers.empty())
    return {type, false, "ContentHasNoFinalizers",
            "All content-preserving finalizers finished"};
  return {type, true, "SomeFinalizersRemain",
          "Some content in the namespace has finalizers remaining: "
              + counted(left.finalizers, " in ")};
}

codec::node* find_condition(codec::node& all, std::string_view type) {
  for (auto* item : all.items())
    if (codec::text_of(item, condition_id::type) == type)
      return item;
  return nullptr;
}

bool set(codec::document& doc, codec::node& all, const condition& want,
         const std::string& now) {
  const std::string_view status = want.holds ? "True" : "False";
  auto* item = find_condition(all, want.type);
  if (item == nullptr) {
    item = doc.make_object();
    doc.set(*item, condition_id::type, doc.make_string(want.type));
    doc.push_back(all, item);
  }
  const auto old_status = codec::text_of(item, condition_id::status);
  if (old_status == status
      && codec::text_of(item, condition_id::reason) == want.reason
      && codec::text_of(item, condition_id::message) == want.message)
    return false;
  if (old_status != status)
    doc.set(*item, condition_id::last_transition_time, doc.make_string(now));
  doc.set(*item, condition_id::status, doc.make_string(status));
  doc.set(*item, condition_id::reason, doc.make_string(want.reason));
  doc.set(*item, condition_id::message, doc.make_string(want.message));
  return true;
}

} // namespace

bool set_conditions(codec::document& object, const remainder& left,
                    wall_time now) {
  auto& status = object.object_at(object.root(), status_id);
  auto& all = object.list_at(status, conditions_id);
  const auto text = meta::format_time(now);
  bool changed = false;
  for (const auto& want : {discovery(), parsing(), deletion(left),
                           content(left), finalizers(left)})
    changed = set(object, all, want, text) || changed;
  return changed;
}

} // namespace troupe::controllers::namespaces
