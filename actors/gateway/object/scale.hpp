#pragma once

#include "actors/gateway/object/object_call.hpp"
#include "messages/api/status.hpp"

/// The subresource `scale`: an object with `spec.replicas`, shown as an
/// autoscaling/v1 Scale. Nothing of it is stored.
namespace troupe::gateway {

inline bool is_scale(const object_call& call) {
  return call.subresource == "scale";
}

/// The kind Scale, in the form of a resource.
const schema::resource_desc& scale_resource();

/// The Scale of an object. Its resourceVersion is the object's, if that
/// carries one.
codec::document scale_of(const codec::document& object,
                         const schema::resource_desc& resource);

/// Gives the object the replicas a Scale asks for, and its resourceVersion.
void take_scale(codec::document& object, const schema::resource_desc& resource,
                const codec::document& scale);

/// 404 of a Scale that is read.
api::status no_scale(const schema::resource_desc& resource,
                     std::string_view name);

} // namespace troupe::gateway
