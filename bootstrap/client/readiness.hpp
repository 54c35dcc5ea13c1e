#pragma once

#include "bootstrap/client/node_reports.hpp"
#include "messages/base/result.hpp"
#include "messages/base/time_point.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace troupe::client {

/// How to reach an API: by certificates, as PEM.
struct api_access {
  std::uint16_t port = 0; ///< on 127.0.0.1
  std::string authority_certificate;
  std::string client_certificate;
  std::string client_key;
};

/// Asks `GET /readyz` once. Success means the API answered 200; otherwise
/// `unavailable` with what happened instead. Never takes longer than `timeout`.
status_result check_ready(const api_access& access, duration timeout);

/// Asks for the Nodes and their Leases once.
result<std::vector<node_report>> read_node_reports(const api_access& access,
                                                   duration timeout);

} // namespace troupe::client
