#pragma once

#include "bootstrap/cluster/cluster_file.hpp"

#include <nlohmann/json.hpp>

namespace troupe::cli {

/// [{"address": "127.0.0.1:8080", "nodePort": 30080}].
inline nlohmann::ordered_json
published_json(const cluster::cluster_record& record) {
  auto out = nlohmann::ordered_json::array();
  for (const auto& each : record.published)
    out.push_back({{"address", "127.0.0.1:" + std::to_string(each.port)},
                   {"nodePort", each.node_port}});
  return out;
}

} // namespace troupe::cli
