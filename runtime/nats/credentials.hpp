#pragma once

#include "messages/base/result.hpp"
#include "runtime/nats/nkey.hpp"

#include <string>
#include <string_view>

namespace troupe::bus {

/// What a `.creds` text holds: a user's JWT and its key. Secret.
struct nats_credentials {
  std::string jwt;
  nkey key;
};

/// Fails with `invalid_argument` when a part is missing or no user's.
result<nats_credentials> parse_credentials(std::string_view text);

} // namespace troupe::bus
