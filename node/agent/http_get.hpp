#pragma once

#include "messages/base/result.hpp"
#include "messages/base/time_point.hpp"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace troupe::agent {

/// A GET that asks a container something.
struct http_get_request {
  std::string host; ///< address or name
  std::int64_t port = 0;
  std::string path; ///< with its query; "" is "/"
  bool tls = false; ///< the certificate is not looked at, as kubelet has it
  std::vector<std::pair<std::string, std::string>> headers;
};

/// Blocks until answered. Codes from 200 to 399 are good; others, and no
/// answer within `limit`, are errors in kubelet's words.
status_result http_get(const http_get_request& request, duration limit);

} // namespace troupe::agent
