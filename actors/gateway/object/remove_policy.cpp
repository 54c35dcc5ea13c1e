#include "actors/gateway/object/remove_policy.hpp"

#include "actors/gateway/object/admission.hpp"
#include "actors/gateway/object/metadata.hpp"
#include "messages/codec/validate/strategy.hpp"

#include <algorithm>

namespace troupe::gateway {

namespace {

bool collects(std::string_view finalizer) {
  return finalizer == orphan_finalizer || finalizer == foreground_finalizer;
}

/// The finalizer the deletion leaves; empty for a background deletion.
std::string_view wanted(const std::string& policy,
                        const std::vector<std::string>& standing,
                        const schema::resource_desc& resource) {
  if (policy == "Orphan")
    return orphan_finalizer;
  if (policy == "Foreground")
    return foreground_finalizer;
  if (policy == "Background")
    return {};
  const auto own = std::ranges::find_if(standing, collects);
  if (own != standing.end())
    return *own;
  return codec::orphans_dependents(resource) ? orphan_finalizer
                                             : std::string_view{};
}

/// Namespaces answer a failed precondition in words of their own.
std::string mismatch(const object_call& call, std::string_view what,
                     std::string_view asked, std::string_view stands,
                     std::string_view guess) {
  std::string name{what};
  if (is_namespace(*call.resource))
    return "Precondition failed: " + name
           + " in precondition: " + std::string{asked} + ", " + name
           + " in object meta: " + std::string{stands};
  return "the " + name + " in the precondition (" + std::string{asked}
         + ") does not match the " + name + " in record (" + std::string{stands}
         + "). The object might have been " + std::string{guess};
}

} // namespace

std::vector<std::string>
finalizers_under(const std::string& policy,
                 const std::vector<std::string>& standing,
                 const schema::resource_desc& resource) {
  std::vector<std::string> out;
  for (const auto& finalizer : standing)
    if (!collects(finalizer))
      out.push_back(finalizer);
  if (const auto own = wanted(policy, standing, resource); !own.empty())
    out.emplace_back(own);
  std::vector<std::string> before = standing;
  std::vector<std::string> after = out;
  std::ranges::sort(before);
  std::ranges::sort(after);
  return before == after ? standing : out;
}

std::optional<api::status> check_preconditions(const object_call& call,
                                               const delete_call& options,
                                               const codec::document& object) {
  const auto& kind = call.resource->kind;
  // Upstream names the kind here, where other conflicts name the resource.
  const api::group_resource named =
      is_namespace(*call.resource) ? call.group_resource()
                                   : api::group_resource{kind.group, kind.kind};
  const auto uid = uid_of(object);
  if (!options.uid.empty() && options.uid != uid)
    return api::conflict(
        named, call.name,
        mismatch(call, "UID", options.uid, uid, "deleted and then recreated"));
  const auto version = meta_text(object, object_meta::resource_version);
  if (!options.resource_version.empty() && options.resource_version != version)
    return api::conflict(named, call.name,
                         mismatch(call, "ResourceVersion",
                                  options.resource_version, version,
                                  "modified"));
  return std::nullopt;
}

} // namespace troupe::gateway
