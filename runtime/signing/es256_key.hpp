#pragma once

#include "messages/base/result.hpp"
#include "runtime/port/signing_key.hpp"

#include <memory>
#include <string_view>

namespace troupe::signing {

/// The key of a PEM text (PKCS #8 or SEC 1). Fails with `invalid_argument`
/// unless it is a private key on P-256.
result<std::shared_ptr<const signing_key>> read_es256_key(std::string_view pem);

} // namespace troupe::signing
