#pragma once

#include "messages/api/request.hpp"
#include "runtime/control/plan.hpp"

#include <string_view>

namespace troupe::control {

/// `system:controller:<controller>`.
api::identity identity_of(std::string_view controller);

/// The request that carries an action out, in the controller's name. The
/// action's resource is served.
api::request to_request(const action& value, std::string_view controller);

/// What an answer says about the action it was asked for.
enum class verdict : std::uint8_t {
  done,     ///< the world is as the action wanted it
  outdated, ///< a precondition failed: the view was stale, plan again
  refused,  ///< the gateway will not: try again later, it may relent
  unknown,  ///< it may or may not have happened
};

verdict judge(const action& value, const api::response& answer);

} // namespace troupe::control
