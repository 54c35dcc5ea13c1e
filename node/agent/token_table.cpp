#include "node/agent/token_table.hpp"

#include "messages/meta/go_quote.hpp"

namespace troupe::agent {

namespace {

constexpr duration age_max = std::chrono::hours{24};

} // namespace

std::string to_text(const token_wish& wish) {
  const auto quoted = [](const std::string& text) {
    return meta::go_quote(text);
  };
  const auto audiences = wish.audience.empty()
                             ? std::string{"[]string(nil)"}
                             : "[]string{" + quoted(wish.audience) + "}";
  return quoted(wish.account) + "/" + quoted(wish.ns) + "/" + audiences + "/"
         + std::to_string(wish.seconds)
         + "/v1.BoundObjectReference{Kind:\"Pod\", APIVersion:\"v1\", Name:"
         + quoted(wish.pod) + ", UID:" + quoted(wish.pod_uid) + "}";
}

const kept_token* token_table::find_fresh(const token_wish& wish, wall_time now,
                                          duration jitter) const {
  const auto* found = find(wish);
  if (found == nullptr)
    return nullptr;
  const auto issued = found->expires - found->lifetime;
  const auto due =
      std::min(issued + age_max, found->expires - found->lifetime / 5);
  return now > due - jitter ? nullptr : found;
}

const kept_token* token_table::find(const token_wish& wish) const {
  const auto found = tokens_.find(wish);
  return found == tokens_.end() ? nullptr : &found->second;
}

void token_table::put(const token_wish& wish, kept_token token, wall_time now) {
  std::erase_if(tokens_,
                [&](const auto& each) { return each.second.expires < now; });
  tokens_.insert_or_assign(wish, std::move(token));
}

void token_table::forget(std::string_view pod_uid) {
  std::erase_if(
      tokens_, [&](const auto& each) { return each.first.pod_uid == pod_uid; });
}

} // namespace troupe::agent
