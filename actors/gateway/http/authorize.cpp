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
  if (info.is_resource)
    return check_access(user, {info.verb, info.group, info.resource,
                               info.subresource, info.space, info.name});
  if (in_group(user, masters_group)
      || roles_allow_path(user, info.verb, info.path))
    return std::nullopt;
  return refuse_path(user, info);
}

} // namespace troupe::gateway
