#pragma once

#include "actors/gateway/object/refusal.hpp"

#include <cstdint>
#include <optional>

/// Whether the body of a write speaks of the object the path names.
namespace troupe::gateway {

/// Gives `object` the namespace of the request when it names none; 400 when it
/// names another.
std::optional<api::status> settle_namespace(const object_call& call,
                                            codec::document& object);

/// 400 unless the body bears the name of the path.
std::optional<api::status> check_name(const object_call& call,
                                      const codec::document& object);

/// The resourceVersion a body fixes; 0 when it fixes none. 400 when it is no
/// number.
checked<std::uint64_t> fixed_version(const codec::document& object);

/// "v1", or "apps/v1".
std::string api_version_of(const schema::group_version_kind& kind);

} // namespace troupe::gateway
