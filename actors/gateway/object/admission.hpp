#pragma once

#include "actors/gateway/object/refusal.hpp"
#include "runtime/store/store_snapshot.hpp"

#include <optional>

/// The rules of namespaces' lives (upstream's NamespaceLifecycle admission):
/// nothing new in a namespace that is absent or going, and some namespaces
/// never go.
namespace troupe::gateway {

/// As admission names an object that may have no name yet.
std::string_view admitted_name(const codec::document& object);

/// 404 or 403 when the call's namespace takes no new object. `object` is what
/// would be created.
std::optional<api::status> admit_creation(const object_call& call,
                                          const codec::document& object,
                                          const store::store_snapshot& state);

/// 403 for the namespaces every cluster needs.
std::optional<api::status> admit_removal(const object_call& call);

/// Whether the call's resource is core namespaces.
bool is_namespace(const schema::resource_desc& resource);

/// Whether `object` is a namespace whose spec still holds finalizers: it
/// outlives its deletion until the subresource `finalize` took them out.
bool has_spec_finalizers(const codec::document& object,
                         const schema::resource_desc& resource);

} // namespace troupe::gateway
