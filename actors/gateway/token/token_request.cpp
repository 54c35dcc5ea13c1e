#include "actors/gateway/token/token_request.hpp"

#include "actors/gateway/access/user.hpp"
#include "actors/gateway/object/metadata.hpp"
#include "actors/gateway/object/storage.hpp"
#include "actors/gateway/token/bound_object.hpp"
#include "messages/codec/managed/field_manager.hpp"
#include "messages/codec/validate/fill.hpp"
#include "messages/meta/go_quote.hpp"
#include "messages/meta/time.hpp"
#include "messages/schema/ids/authentication_v1.hpp"
#include "messages/view/authentication_v1.hpp"
#include "messages/view/core_v1.hpp"

#include <algorithm>

namespace troupe::gateway {

using codec::document;

namespace {

namespace ids = schema::ids;
namespace auth = view::authentication_v1;

constexpr std::int64_t seconds_default = 60 * 60;
constexpr std::int64_t seconds_min = 10 * 60;
constexpr std::int64_t seconds_max = std::int64_t{1} << 32;

constexpr api::group_kind request_kind{"authentication.k8s.io", "TokenRequest"};

std::int64_t to_seconds(wall_time time) {
  return std::chrono::floor<std::chrono::seconds>(time.time_since_epoch())
      .count();
}

std::optional<api::status> check_names(const object_call& call,
                                       const document& body) {
  for (auto [field, wanted, word] :
       {std::tuple{object_meta::name, &call.name, "name"},
        std::tuple{object_meta::namespace_, &call.ns, "namespace"}}) {
    const auto given = meta_text(body, field);
    if (!given.empty() && given != *wanted)
      return api::invalid(
          request_kind, call.name,
          {meta::invalid(std::string{"metadata."} + word, meta::quoted(given),
                         std::string{"must match the service account "} + word
                             + " if specified")});
  }
  return std::nullopt;
}

std::optional<api::status> check_lifetime(std::int64_t seconds) {
  const char* why = seconds < seconds_min
                        ? "may not specify a duration less than 10 minutes"
                    : seconds > seconds_max
                        ? "may not specify a duration larger than 2^32 seconds"
                        : nullptr;
  if (why == nullptr)
    return std::nullopt;
  return api::invalid(
      request_kind, "",
      {meta::invalid("spec.expirationSeconds", std::to_string(seconds), why)});
}

/// What is said of the request before anything is looked up.
document complete(const service_account_tokens& tokens, const object_call& call,
                  const document& body, wall_time now) {
  auto out = body.clone();
  auto& spec = out.object_at(out.root(), ids::token_request::spec);
  codec::fill_integer(out, spec, ids::token_request_spec::expiration_seconds,
                      seconds_default);
  codec::update_managed_fields(nullptr, out,
                               {call.field_manager, "authentication.k8s.io/v1",
                                "TokenRequest", call.subresource, now});
  auto& audiences = out.list_at(spec, ids::token_request_spec::audiences);
  if (audiences.empty())
    for (const auto& one : tokens.settings().audiences)
      out.push_back(audiences, out.make_string(one));
  set_meta_text(out, object_meta::name, call.name);
  set_meta_text(out, object_meta::namespace_, call.ns);
  set_meta_text(out, object_meta::creation_timestamp, meta::format_time(now));
  return out;
}

/// Fills in the claims that say what the token is bound to.
class binder {
public:
  binder(const object_call& call, const store::store_snapshot& state,
         token_claims& claims)
      : call_{call}, state_{state}, claims_{claims} {}

  std::optional<api::status> bind(const auth::bound_object_reference& to) {
    const auto kind = group_of(to).empty() ? to.kind() : std::string_view{};
    if (kind == "Pod")
      return bind_pod(to);
    if (kind == "Node")
      return bind_to(to, "nodes", claims_.node);
    if (kind == "Secret")
      return bind_to(to, "secrets", claims_.secret);
    return api::bad_request("cannot bind token to object of type "
                            + kind_text(to));
  }

private:
  static std::string_view group_of(const auth::bound_object_reference& of) {
    const auto version = of.api_version();
    const auto slash = version.find('/');
    return slash == version.npos ? std::string_view{}
                                 : version.substr(0, slash);
  }

  /// As Go writes a GroupVersionKind.
  static std::string kind_text(const auth::bound_object_reference& of) {
    const auto group = group_of(of);
    auto version = of.api_version();
    if (!group.empty())
      version.remove_prefix(group.size() + 1);
    return std::string{group} + "/" + std::string{version}
           + ", Kind=" + std::string{of.kind()};
  }

  std::optional<api::status> bind_to(const auth::bound_object_reference& to,
                                     std::string_view plural,
                                     std::optional<token_reference>& out) {
    const std::string name{to.name()};
    const auto found = find_bound(state_, plural, call_.ns, name);
    if (!found)
      return api::not_found({"", plural}, name);
    if (!to.uid().empty() && to.uid() != found->uid)
      return api::conflict(
          {"", to.kind()}, name,
          "the UID in the bound object reference (" + std::string{to.uid()}
              + ") does not match the UID in record. The object might have "
                "been deleted and then recreated");
    out = token_reference{name, found->uid};
    return std::nullopt;
  }

  std::optional<api::status> bind_pod(const auth::bound_object_reference& to) {
    auto& bound = claims_.pod;
    // Whether it is this account's pod is asked before the uid.
    if (!find_bound(state_, "pods", call_.ns, to.name()))
      return api::not_found({"", "pods"}, to.name());
    const auto& pods = core_resource("pods");
    const auto pod =
        read_object(state_, object_key(pods, call_.ns, to.name()), pods);
    if (!pod)
      return unreadable(pod.error());
    const view::core_v1::pod face{(*pod)->object};
    if (face.spec().service_account_name() != call_.name)
      return api::bad_request("cannot bind token for serviceaccount "
                              + meta::go_quote(call_.name)
                              + " to pod running with different "
                                "serviceaccount name.");
    if (auto why = bind_to(to, "pods", bound))
      return why;
    if (const auto node = face.spec().node_name(); !node.empty()) {
      const auto found = find_bound(state_, "nodes", "", node);
      claims_.node =
          token_reference{std::string{node}, found ? found->uid : ""};
    }
    return std::nullopt;
  }

  const object_call& call_;
  const store::store_snapshot& state_;
  token_claims& claims_;
};

token_claims claims_of(const service_account_tokens& tokens,
                       const object_call& call,
                       const auth::token_request_spec& spec,
                       const stamps& given) {
  token_claims out;
  out.issuer = tokens.settings().issuer;
  out.subject = service_account_user(call.ns, call.name);
  for (auto one : spec.audiences())
    out.audiences.emplace_back(one);
  const auto now = to_seconds(given.now);
  out.issued_at = now;
  out.not_before = now;
  out.expires = now + spec.expiration_seconds();
  out.id = given.uid;
  out.ns = call.ns;
  return out;
}

/// Whether the API server alone is meant.
bool is_for_api(const token_claims& claims, const token_settings& settings) {
  return std::ranges::all_of(claims.audiences, [&](const std::string& one) {
    return std::ranges::find(settings.audiences, one)
           != settings.audiences.end();
  });
}

void extend_unchosen(token_claims& claims, std::int64_t seconds,
                     const token_settings& settings) {
  if (!claims.pod || seconds != unchosen_seconds
      || !is_for_api(claims, settings))
    return;
  claims.warn_after = *claims.issued_at + seconds;
  claims.expires = *claims.issued_at + extended_seconds;
}

} // namespace

object_answer answer_token_request(const service_account_tokens& tokens,
                                   const object_call& call,
                                   const document& body,
                                   const store::store_snapshot& state,
                                   const stamps& given) {
  if (auto why = check_names(call, body))
    return refuse(std::move(*why));
  const auto account = find_bound(state, "serviceaccounts", call.ns, call.name);
  if (!account)
    return refuse(api::not_found(call.group_resource(), call.name));
  auto out = complete(tokens, call, body, given.now);
  const auth::token_request request{out};
  const auto spec = request.spec();
  const auto seconds = spec.expiration_seconds();
  if (auto why = check_lifetime(seconds))
    return refuse(std::move(*why));
  auto claims = claims_of(tokens, call, spec, given);
  claims.account = {call.name, account->uid};
  if (spec.has_bound_object_ref())
    if (auto why = binder{call, state, claims}.bind(spec.bound_object_ref()))
      return refuse(std::move(*why));
  extend_unchosen(claims, seconds, tokens.settings());
  auto* status = out.make_object();
  out.set(*status, ids::token_request_status::token,
          out.make_string(compose_token(claims, tokens.key())));
  out.set(*status, ids::token_request_status::expiration_timestamp,
          out.make_string(
              meta::format_time(given.now + std::chrono::seconds{seconds})));
  out.set(out.root(), ids::token_request::status, status);
  return accept(201, std::make_shared<document>(std::move(out)),
                store::revision{});
}

} // namespace troupe::gateway
