#pragma once

#include "messages/api/request.hpp"

#include <string>
#include <string_view>
#include <vector>

/// Users and groups that mean something to the server.
namespace troupe::gateway {

inline constexpr std::string_view masters_group = "system:masters";
inline constexpr std::string_view authenticated_group = "system:authenticated";
inline constexpr std::string_view unauthenticated_group =
    "system:unauthenticated";
inline constexpr std::string_view service_accounts_group =
    "system:serviceaccounts";
inline constexpr std::string_view anonymous_name = "system:anonymous";
inline constexpr std::string_view service_account_prefix =
    "system:serviceaccount:";

bool in_group(const api::identity& user, std::string_view group);

/// Adds the group unless the user is in it.
void add_group(api::identity& user, std::string_view group);

/// "system:serviceaccount:<ns>:<name>"
std::string service_account_user(std::string_view ns, std::string_view name);

/// All service accounts, and those of the namespace.
std::vector<std::string> service_account_groups(std::string_view ns);

} // namespace troupe::gateway
