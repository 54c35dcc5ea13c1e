#pragma once

#include "messages/base/time_point.hpp"
#include "messages/schema/descriptor.hpp"
#include "runtime/store/store_snapshot.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace troupe::gateway {

/// What matters of an object that a token is bound to.
struct bound_object {
  std::string uid;
  /// When its deletion is or was due.
  std::optional<wall_time> deleted;
};

/// The resource of v1 of that name, which is served.
const schema::resource_desc& core_resource(std::string_view plural);

/// None when there is no such object, and for a name that can be none.
std::optional<bound_object> find_bound(const store::store_snapshot& state,
                                       std::string_view plural,
                                       std::string_view ns,
                                       std::string_view name);

} // namespace troupe::gateway
