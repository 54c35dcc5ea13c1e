#pragma once

#include "actors/gateway/object/refusal.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What a deletion does about dependents
/// (https://kubernetes.io/docs/concepts/architecture/garbage-collection/).
namespace troupe::gateway {

inline constexpr std::string_view orphan_finalizer = "orphan";
inline constexpr std::string_view foreground_finalizer = "foregroundDeletion";

/// The finalizers an object deleted with `policy` has: those of others in
/// their order, then the one the policy asks for. Without a policy the object's
/// own garbage-collection finalizer stands; if it has none, the kind decides.
std::vector<std::string>
finalizers_under(const std::string& policy,
                 const std::vector<std::string>& standing,
                 const schema::resource_desc& resource);

/// 409 unless the object still is what the caller asked to delete.
std::optional<api::status> check_preconditions(const object_call& call,
                                               const delete_call& options,
                                               const codec::document& object);

} // namespace troupe::gateway
