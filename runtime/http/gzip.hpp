#pragma once

#include "messages/base/bytes.hpp"

#include <optional>

namespace troupe::http {

/// `data` as a gzip member (RFC 1952) at the fastest level, as Kubernetes' API
/// servers send large answers. Nothing when zlib fails.
std::optional<bytes> gzip(bytes_view data);

/// Whether an Accept-Encoding value admits gzip.
bool accepts_gzip(std::string_view accept_encoding);

} // namespace troupe::http
