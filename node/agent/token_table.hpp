#pragma once

#include "messages/base/time_point.hpp"

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace troupe::agent {

/// A token that a volume of a pod shows.
struct token_wish {
  std::string ns;
  std::string account;
  std::string pod;
  std::string pod_uid;
  std::string audience; ///< empty: the API server
  std::int64_t seconds = 0;

  auto operator<=>(const token_wish&) const = default;
};

/// The wish as kubelet's log and events name it.
std::string to_text(const token_wish& wish);

struct kept_token {
  std::string text;
  wall_time expires;
  duration lifetime;
};

/// The tokens the agent got, in memory only: an agent that returns gets new
/// ones. One is renewed after four fifths of its time, or a day, and as the
/// server's clock may be ahead, up to `jitter` earlier.
class token_table {
public:
  static constexpr duration jitter_max = std::chrono::seconds{10};

  /// The token if it need not be renewed. `jitter` is at most `jitter_max`.
  const kept_token* find_fresh(const token_wish& wish, wall_time now,
                               duration jitter) const;

  /// The token if there is one, whatever its time.
  const kept_token* find(const token_wish& wish) const;

  /// Keeps it, and lets go of those whose time is over.
  void put(const token_wish& wish, kept_token token, wall_time now);

  /// Lets go of a pod's.
  void forget(std::string_view pod_uid);

  std::size_t size() const { return tokens_.size(); }

private:
  std::map<token_wish, kept_token> tokens_;
};

} // namespace troupe::agent
