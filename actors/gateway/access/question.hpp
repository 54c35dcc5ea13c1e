#pragma once

#include "messages/api/request.hpp"
#include "messages/api/status.hpp"

#include <string>
#include <string_view>

namespace troupe::gateway {

/// What somebody wants to do with resources, in the words of roles.
struct access_question {
  std::string verb; ///< "get", ..., "delete", "deletecollection"
  std::string group;
  std::string resource;
  std::string subresource;
  std::string ns;   ///< empty: at the cluster scope
  std::string name; ///< empty: none in particular

  /// "pods", or "pods/status".
  std::string whole_resource() const;
};

access_question question_of(const api::request& request);

/// 403 in upstream's words; `why` is told after a colon if there is more to
/// say.
api::status refuse_access(const api::identity& user,
                          const access_question& wanted,
                          std::string_view why = {});

} // namespace troupe::gateway
