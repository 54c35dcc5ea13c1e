#include "actors/gateway/http/authenticate.hpp"

#include "actors/gateway/access/user.hpp"
#include "messages/meta/go_quote.hpp"

namespace troupe::gateway {

namespace {

std::string lower(std::string_view text) {
  std::string out{text};
  for (char& c : out)
    if (c >= 'A' && c <= 'Z')
      c = static_cast<char>(c - 'A' + 'a');
  return out;
}

/// The token of an `Authorization: Bearer` header; none without such a header.
std::optional<std::string_view> bearer_token(const http_request& request) {
  constexpr std::string_view scheme = "bearer ";
  auto value = find_header(request.headers, "Authorization");
  if (value.size() < scheme.size()
      || lower(value.substr(0, scheme.size())) != scheme)
    return std::nullopt;
  value.remove_prefix(scheme.size());
  const auto first = value.find_first_not_of(' ');
  if (first == std::string_view::npos)
    return std::nullopt;
  return value.substr(first);
}

/// What the Impersonate headers ask for.
struct impersonation {
  api::identity as;
  bool asked = false;
  bool has_user = false;
  std::string extra; ///< the key of the first Impersonate-Extra header
};

impersonation read_impersonation(const http_request& request) {
  constexpr std::string_view prefix = "impersonate-";
  constexpr std::string_view extra = "extra-";
  impersonation out;
  for (const auto& [name, value] : request.headers) {
    const auto key = lower(name);
    if (!key.starts_with(prefix))
      continue;
    const auto what = std::string_view{key}.substr(prefix.size());
    if (what == "user" && !value.empty()) {
      out.as.name = value;
      out.has_user = true;
    } else if (what == "group") {
      out.as.groups.push_back(value);
    } else if (what == "uid") {
      out.as.uid = value;
    } else if (what.starts_with(extra)) {
      out.extra = what.substr(extra.size());
    } else {
      continue;
    }
    out.asked = true;
  }
  return out;
}

api::status cannot_impersonate(const api::identity& user,
                               std::string_view resource,
                               std::string_view group, std::string_view name) {
  return api::forbidden({group, resource}, name,
                        "User " + meta::go_quote(user.name)
                            + " cannot impersonate resource "
                            + meta::go_quote(resource) + " in API group "
                            + meta::go_quote(group) + " at the cluster scope");
}

/// The groups everybody of that name is in.
void complete_groups(api::identity& user) {
  const std::string_view name = user.name;
  if (name.starts_with(service_account_prefix) && user.groups.empty()) {
    const auto rest = name.substr(service_account_prefix.size());
    user.groups = service_account_groups(rest.substr(0, rest.find(':')));
  }
  if (name == anonymous_name)
    add_group(user, unauthenticated_group);
  else
    add_group(user, authenticated_group);
}

} // namespace

authentication authenticate(
    const http_request& request,
    std::span<const std::shared_ptr<const token_authenticator>> tokens) {
  if (!request.peer.common_name.empty()) {
    api::identity user{
        request.peer.common_name, {}, request.peer.organizations, {}};
    add_group(user, authenticated_group);
    return {std::move(user)};
  }
  if (const auto token = bearer_token(request)) {
    authentication out{api::unauthorized()};
    for (const auto& one : tokens) {
      auto found = one->authenticate(*token, {});
      if (found && *found) {
        auto& user = (*found)->user;
        add_group(user, authenticated_group);
        return {std::move(user)};
      }
      out.may_be_behind = out.may_be_behind
                          || (found && found->error().code == errc::not_found);
    }
    return out;
  }
  return {api::identity{std::string{anonymous_name},
                        {},
                        {std::string{unauthenticated_group}},
                        {}}};
}

api::parsed<api::identity> impersonate(const http_request& request,
                                       api::identity user) {
  auto wanted = read_impersonation(request);
  if (!wanted.asked)
    return user;
  if (!wanted.has_user)
    return api::bad_request("requested impersonation without impersonating a "
                            "user");
  if (!in_group(user, masters_group))
    return cannot_impersonate(user, "users", "", wanted.as.name);
  if (!wanted.extra.empty())
    return cannot_impersonate(user, "userextras/" + wanted.extra,
                              "authentication.k8s.io", "");
  complete_groups(wanted.as);
  return std::move(wanted.as);
}

} // namespace troupe::gateway
