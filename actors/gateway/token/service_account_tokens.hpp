#pragma once

#include "actors/gateway/access/token_authenticator.hpp"
#include "actors/gateway/access/token_text.hpp"
#include "messages/base/time_point.hpp"
#include "runtime/store/store_port.hpp"

#include <functional>
#include <memory>

namespace troupe::gateway {

/// How the cluster's tokens are told from others'.
struct token_settings {
  /// Who issues them, and the audience of those that name none.
  std::string issuer = "https://kubernetes.default.svc.cluster.local";
  std::vector<std::string> audiences = {
      "https://kubernetes.default.svc.cluster.local"};
};

/// Clocks may differ by so much, and what was deleted no longer ago still
/// counts; upstream's.
inline constexpr duration token_leeway = std::chrono::minutes{1};

/// Knows the tokens that this cluster gave to its service accounts.
class service_account_tokens final : public token_authenticator {
public:
  /// `store` outlives this; `now` tells the time.
  service_account_tokens(token_settings settings,
                         std::shared_ptr<const signing_key> key,
                         const store::store_port* store,
                         std::function<wall_time()> now);

  std::optional<result<token_holder>>
  authenticate(std::string_view token,
               std::span<const std::string> audiences) const override;

  /// The same, of a given state and time.
  std::optional<result<token_holder>>
  judge(std::string_view token, std::span<const std::string> audiences,
        const store::store_snapshot& state, wall_time now) const;

  const token_settings& settings() const { return settings_; }

  const signing_key& key() const { return *key_; }

private:
  token_settings settings_;
  std::shared_ptr<const signing_key> key_;
  const store::store_port* store_;
  std::function<wall_time()> now_;
};

} // namespace troupe::gateway
