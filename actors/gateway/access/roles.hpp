#pragma once

#include "actors/gateway/access/question.hpp"

#include <optional>
#include <string_view>

/// What users may do beside `system:masters`, who may do everything: the
/// cluster roles a Kubernetes cluster begins with, bound as it binds them.
namespace troupe::gateway {

/// Whether the user's roles, by name or by group, give this. Everybody who is
/// authenticated may ask about themselves; `system:kube-scheduler` and each
/// `system:controller:<name>` may do what their work takes, and no more.
bool roles_allow(const api::identity& user, const access_question& wanted);

/// Whether the user may read a path that is no resource: everybody version and
/// health, whoever is authenticated discovery, service accounts the keys that
/// tokens are signed with.
bool roles_allow_path(const api::identity& user, std::string_view verb,
                      std::string_view path);

/// Nothing when the user is of `system:masters` or has a role that gives it;
/// else 403.
std::optional<api::status> check_access(const api::identity& user,
                                        const access_question& wanted);

/// Whether there is a role for the user of that name.
bool has_role(std::string_view user);

} // namespace troupe::gateway
