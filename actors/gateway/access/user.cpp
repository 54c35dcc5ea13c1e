#include "actors/gateway/access/user.hpp"

#include <algorithm>

namespace troupe::gateway {

bool in_group(const api::identity& user, std::string_view group) {
  return std::ranges::find(user.groups, group) != user.groups.end();
}

void add_group(api::identity& user, std::string_view group) {
  if (!in_group(user, group))
    user.groups.emplace_back(group);
}

std::string service_account_user(std::string_view ns, std::string_view name) {
  std::string out{service_account_prefix};
  return out.append(ns).append(":").append(name);
}

std::vector<std::string> service_account_groups(std::string_view ns) {
  std::string all{service_accounts_group};
  return {all, all + ":" + std::string{ns}};
}

} // namespace troupe::gateway
