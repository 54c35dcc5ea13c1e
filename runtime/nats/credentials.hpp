#pragma once

#include "messages/base/result.hpp"

#include <string>
#include <string_view>

namespace troupe::bus {

/// What a `.creds` text holds: a user's JWT and the seed of its key.
struct nats_credentials {
  std::string jwt;
  std::string seed;

  friend bool operator==(const nats_credentials&,
                         const nats_credentials&) = default;
};

/// Fails with `invalid_argument` when a part is missing.
result<nats_credentials> parse_credentials(std::string_view text);

} // namespace troupe::bus
