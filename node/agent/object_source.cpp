#include "node/agent/object_source.hpp"

#include "messages/meta/time.hpp"
#include "messages/schema/ids/authentication_v1.hpp"
#include "messages/schema/registry.hpp"
#include "messages/view/authentication_v1.hpp"
#include "runtime/base/clock.hpp"
#include "runtime/base/entropy.hpp"
#include "runtime/base/log.hpp"

namespace troupe::agent {

namespace auth = view::authentication_v1;
namespace core = view::core_v1;
namespace ids = schema::ids;

namespace {

constexpr const char* component = "agent";
constexpr duration patience = std::chrono::seconds{10};
constexpr int not_found = 404;

void add(view::map<std::string_view> from, volume::content_map& to) {
  for (const auto& [key, value] : from)
    to[std::string{key}] = bytes{value};
}

pod::text_map to_texts(const volume::content_map& from) {
  return {from.begin(), from.end()};
}

token_wish wish_of(const core::pod& pod,
                   const core::service_account_token_projection& wanted) {
  const auto metadata = pod.metadata();
  return {std::string{metadata.namespace_()},
          std::string{pod.spec().service_account_name()},
          std::string{metadata.name()},
          std::string{metadata.uid()},
          std::string{wanted.audience()},
          wanted.expiration_seconds()};
}

std::shared_ptr<const codec::document>
token_request_for(const token_wish& wish) {
  const auto* type =
      schema::find_kind_type({"authentication.k8s.io", "v1", "TokenRequest"});
  TROUPE_CHECK(type != nullptr, "tokens can be asked for");
  auto out = std::make_shared<codec::document>(type);
  auto& doc = *out;
  auto& spec = doc.object_at(doc.root(), ids::token_request::spec);
  namespace id = ids::token_request_spec;
  if (!wish.audience.empty())
    doc.push_back(doc.list_at(spec, id::audiences),
                  doc.make_string(wish.audience));
  doc.set(spec, id::expiration_seconds, doc.make_integer(wish.seconds));
  auto& bound = doc.object_at(spec, id::bound_object_ref);
  namespace ref = ids::bound_object_reference;
  for (const auto& [field, text] :
       {std::pair{ref::kind, std::string_view{"Pod"}},
        std::pair{ref::api_version, std::string_view{"v1"}},
        std::pair{ref::name, std::string_view{wish.pod}},
        std::pair{ref::uid, std::string_view{wish.pod_uid}}})
    doc.set(bound, field, doc.make_string(text));
  return out;
}

bool holds_login(std::string_view type, std::string_view key) {
  return (type == "kubernetes.io/dockerconfigjson"
          && key == ".dockerconfigjson")
         || (type == "kubernetes.io/dockercfg" && key == ".dockercfg");
}

} // namespace

object_source::object_source(api_client& api, guarded<token_table>& tokens,
                             std::string ns)
    : api_(api), tokens_(tokens), ns_(std::move(ns)) {
  // nop
}

/// Null when there is no such object.
result<std::shared_ptr<const codec::document>>
object_source::fetch(const char* resource, std::string_view name) {
  api::request request;
  request.verb = api::verb::get;
  request.target = {"", "v1", resource, "", ns_, std::string{name}};
  auto answer = api_.ask(std::move(request), mono_now() + patience);
  if (answer.status.success)
    return answer.object;
  if (answer.status.code == not_found)
    return std::shared_ptr<const codec::document>{};
  return error{errc::unavailable, answer.status.message};
}

result<std::optional<volume::content_map>>
object_source::config_map(std::string_view name) {
  auto object = fetch("configmaps", name);
  if (!object)
    return object.error();
  if (!*object)
    return std::optional<volume::content_map>{};
  const core::config_map map{**object};
  volume::content_map out;
  add(map.data(), out);
  add(map.binary_data(), out);
  return std::optional{std::move(out)};
}

result<std::optional<volume::content_map>>
object_source::secret(std::string_view name) {
  auto object = fetch("secrets", name);
  if (!object)
    return object.error();
  if (!*object)
    return std::optional<volume::content_map>{};
  volume::content_map out;
  add(core::secret{**object}.data(), out);
  return std::optional{std::move(out)};
}

result<kept_token> object_source::request_token(const token_wish& wish) {
  api::request request;
  request.verb = api::verb::create;
  request.target = {"", "v1", "serviceaccounts", "token", ns_, wish.account};
  request.body = token_request_for(wish);
  const auto answer = api_.ask(std::move(request), mono_now() + patience);
  if (!answer.status.success)
    return error{errc::unavailable, answer.status.message};
  if (answer.object == nullptr)
    return error{errc::corrupt, "the answer holds no token"};
  const auth::token_request made{*answer.object};
  const auto expires = meta::parse_time(made.status().expiration_timestamp());
  if (made.status().token().empty() || !expires)
    return error{errc::corrupt, "the answer holds no token"};
  return kept_token{std::string{made.status().token()}, *expires,
                    std::chrono::seconds{made.spec().expiration_seconds()}};
}

result<bytes>
object_source::token(const core::pod& pod,
                     const core::service_account_token_projection& wanted) {
  const auto wish = wish_of(pod, wanted);
  const duration jitter{static_cast<std::int64_t>(
      random_u64()
      % static_cast<std::uint64_t>(token_table::jitter_max.count()))};
  const auto find = [&](auto how) {
    return tokens_.with([&](token_table& all) -> std::optional<kept_token> {
      const auto* found = how(all);
      return found == nullptr ? std::nullopt : std::optional{*found};
    });
  };
  if (auto fresh = find(
          [&](auto& all) { return all.find_fresh(wish, wall_now(), jitter); }))
    return std::move(fresh->text);
  auto got = request_token(wish);
  if (got) {
    tokens_.with([&](auto& all) { all.put(wish, *got, wall_now()); });
    return std::move(got->text);
  }
  auto old = find([&](auto& all) { return all.find(wish); });
  if (!old)
    return error{got.error().code,
                 "failed to fetch token: " + got.error().message};
  if (old->expires < wall_now())
    return error{got.error().code,
                 "token " + to_text(wish)
                     + " expired and refresh failed: " + got.error().message};
  log_warning(component, "a token stays as it is: " + got.error().message);
  return std::move(old->text);
}

result<pod::env_sources>
object_source::environment(const std::vector<pod::env_reference>& references) {
  pod::env_sources out;
  for (const auto& each : references) {
    auto content = each.secret ? secret(each.name) : config_map(each.name);
    if (!content)
      return content.error();
    if (*content)
      (each.secret ? out.secrets : out.config_maps)[each.name] =
          to_texts(**content);
  }
  return out;
}

result<object_source::pull_logins> object_source::logins(const core::pod& pod) {
  pull_logins out;
  for (const auto& each : pod.spec().image_pull_secrets()) {
    const auto object = fetch("secrets", each.name());
    if (!object || !*object) {
      out.missing.emplace_back(each.name());
      continue;
    }
    const core::secret secret{**object};
    for (const auto& [key, value] : secret.data())
      if (holds_login(secret.type(), key))
        if (auto added = out.keys.add_docker_config(value); !added)
          return added.error();
  }
  return out;
}

} // namespace troupe::agent
