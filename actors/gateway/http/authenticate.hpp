#pragma once

#include "actors/gateway/access/token_authenticator.hpp"
#include "messages/api/options.hpp"
#include "runtime/port/http_port.hpp"

#include <memory>
#include <span>

namespace troupe::gateway {

struct authentication {
  api::parsed<api::identity> user;
  /// Refused for what is not in this server's state, which may be behind.
  bool may_be_behind = false;
};

/// Who asks: the client certificate (CN is the name, O the groups), else the
/// bearer token, else nobody in particular. Fails with 401 for a token no
/// authenticator knows. Kubernetes documentation, "Authenticating".
authentication authenticate(
    const http_request& request,
    std::span<const std::shared_ptr<const token_authenticator>> tokens);

/// Whom the request acts as: `user`, unless the Impersonate headers name
/// another, which only `system:masters` may. Fails with 403, or with 400 when
/// groups or a uid come without a user. Impersonate-Extra is refused.
api::parsed<api::identity> impersonate(const http_request& request,
                                       api::identity user);

} // namespace troupe::gateway
