#include "actors/gateway/token/service_account_tokens.hpp"

#include "actors/gateway/access/user.hpp"
#include "actors/gateway/token/bound_object.hpp"
#include "messages/base/check.hpp"
#include "messages/meta/go_quote.hpp"

#include <algorithm>

namespace troupe::gateway {

namespace {

error refuse(std::string why) {
  return {errc::permission_denied, std::move(why)};
}

/// A newer state may say otherwise.
error missing(std::string why) {
  return {errc::not_found, std::move(why)};
}

constexpr const char* invalidated =
    "service account token has been invalidated";

wall_time to_time(std::int64_t second) {
  // Some 285,000 years of seconds do not fit into nanoseconds.
  constexpr auto last = std::chrono::duration_cast<std::chrono::seconds>(
                            wall_time::max().time_since_epoch())
                            .count()
                        - 120;
  return wall_time{std::chrono::seconds{std::clamp(second, -last, last)}};
}

status_result check_times(const token_claims& claims, wall_time now) {
  if (claims.not_before && now + token_leeway < to_time(*claims.not_before))
    return refuse("service account token is not valid yet");
  if (claims.expires && now - token_leeway > to_time(*claims.expires))
    return refuse("service account token has expired");
  if (claims.issued_at && now + token_leeway < to_time(*claims.issued_at))
    return refuse("service account token is issued in the future");
  return unit{};
}

/// As Go's %q writes a list of texts.
std::string quoted_list(std::span<const std::string> texts) {
  std::string out = "[";
  for (const auto& text : texts)
    out.append(out.size() == 1 ? "" : " ").append(meta::go_quote(text));
  return out + "]";
}

result<std::vector<std::string>>
match_audiences(std::span<const std::string> meant,
                std::span<const std::string> wanted) {
  std::vector<std::string> out;
  for (const auto& one : meant)
    if (std::ranges::find(wanted, one) != wanted.end())
      out.push_back(one);
  if (out.empty())
    return refuse("token audiences " + quoted_list(meant)
                  + " is invalid for the target audiences "
                  + quoted_list(wanted));
  return out;
}

/// Whether what the claims refer to is as it was.
class liveness {
public:
  liveness(const token_claims& claims, const store::store_snapshot& state,
           wall_time now)
      : claims_{claims}, state_{state}, now_{now} {}

  status_result check() const {
    if (auto alive = check_account(); !alive)
      return alive;
    if (claims_.secret)
      if (auto alive = check_bound("secrets", "secret", *claims_.secret);
          !alive)
        return alive;
    if (claims_.pod)
      return check_bound("pods", "pod", *claims_.pod);
    // With a pod, the node is only told.
    if (claims_.node)
      return check_bound("nodes", "node", *claims_.node);
    return unit{};
  }

private:
  bool is_gone(const bound_object& object) const {
    return object.deleted && *object.deleted < now_ - token_leeway;
  }

  status_result check_account() const {
    const auto& [name, uid] = claims_.account;
    const auto found = find_bound(state_, "serviceaccounts", claims_.ns, name);
    if (!found)
      return missing("serviceaccounts \"" + name + "\" not found");
    if (is_gone(*found))
      return missing("service account " + claims_.ns + "/" + name
                     + " has been deleted");
    if (found->uid != uid)
      return missing("service account UID (" + found->uid
                     + ") does not match claim (" + uid + ")");
    return unit{};
  }

  status_result check_bound(std::string_view plural, const std::string& word,
                            const token_reference& bound) const {
    const auto found = find_bound(state_, plural, claims_.ns, bound.name);
    if (!found)
      return missing(invalidated);
    if (found->uid != bound.uid)
      return missing(word + " UID (" + found->uid
                     + ") does not match service account " + word
                     + " ref claim (" + bound.uid + ")");
    if (is_gone(*found))
      return missing(invalidated);
    return unit{};
  }

  const token_claims& claims_;
  const store::store_snapshot& state_;
  wall_time now_;
};

api::identity holder_of(const token_claims& claims) {
  constexpr auto key = [](const char* what) {
    return std::string{"authentication.kubernetes.io/"} + what;
  };
  api::identity out;
  out.name = service_account_user(claims.ns, claims.account.name);
  out.uid = claims.account.uid;
  out.groups = service_account_groups(claims.ns);
  add_group(out, authenticated_group);
  if (!claims.id.empty())
    out.extra[key("credential-id")] = {"JTI=" + claims.id};
  if (claims.pod) {
    out.extra[key("pod-name")] = {claims.pod->name};
    out.extra[key("pod-uid")] = {claims.pod->uid};
  }
  if (claims.node) {
    out.extra[key("node-name")] = {claims.node->name};
    if (!claims.node->uid.empty())
      out.extra[key("node-uid")] = {claims.node->uid};
  }
  return out;
}

} // namespace

service_account_tokens::service_account_tokens(
    token_settings settings, std::shared_ptr<const signing_key> key,
    const store::store_port* store, std::function<wall_time()> now)
    : settings_{std::move(settings)}, key_{std::move(key)}, store_{store},
      now_{std::move(now)} {
  TROUPE_CHECK(key_ != nullptr && store_ != nullptr && now_,
               "tokens are judged by a key, a state and the time");
}

std::optional<result<token_holder>> service_account_tokens::authenticate(
    std::string_view token, std::span<const std::string> audiences) const {
  return judge(token, audiences, *store_->current(), now_());
}

std::optional<result<token_holder>> service_account_tokens::judge(
    std::string_view token, std::span<const std::string> audiences,
    const store::store_snapshot& state, wall_time now) const {
  const auto text = parse_token(token);
  if (!text || text->claims.issuer != settings_.issuer)
    return std::nullopt;
  if (!text->key_id.empty() && text->key_id != key_->id())
    return refuse("invalid signature, no keys found");
  if (text->algorithm != "ES256"
      || !key_->verify(text->signed_part, text->signature))
    return refuse("go-jose/go-jose: error in cryptographic primitive");
  const auto& claims = text->claims;
  auto matched = match_audiences(
      claims.audiences,
      audiences.empty() ? std::span{settings_.audiences} : audiences);
  if (!matched)
    return matched.error();
  if (auto valid = check_times(claims, now); !valid)
    return valid.error();
  if (auto alive = liveness{claims, state, now}.check(); !alive)
    return alive.error();
  return token_holder{holder_of(claims), std::move(*matched)};
}

} // namespace troupe::gateway
