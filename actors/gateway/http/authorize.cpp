#include "actors/gateway/http/authorize.hpp"

#include "actors/gateway/access/roles.hpp"
#include "actors/gateway/access/user.hpp"
#include "messages/meta/go_quote.hpp"

namespace troupe::gateway {

namespace {

api::status refuse_path(const api::identity& user,
                        const api::request_info& info) {
  return api::forbidden({}, "",
                        "User " + meta::go_quote(user.name) + " cannot "
                            + info.verb + " path " + meta::go_quote(info.path));
}

} // namespace

std::optional<api::status> authorize(const api::identity& user,
                                     const api::request_info& info) {
  if (in_group(user, masters_group))
    return std::nullopt;
  if (!info.is_resource) {
    if (roles_allow_path(user, info.verb, info.path))
      return std::nullopt;
    return refuse_path(user, info);
  }
  const access_question wanted{info.verb,        info.group, info.resource,
                               info.subresource, info.space, info.name};
  if (roles_allow(user, wanted))
    return std::nullopt;
  return refuse_access(user, wanted);
}

} // namespace troupe::gateway
