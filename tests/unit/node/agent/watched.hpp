#pragma once

#include "node/agent/watched_table.hpp"
#include "tests/unit/node/agent/objects.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

/// What the network's actor has heard, and how tests show what comes of it.
namespace troupe::test {

inline agent::object_table table_of(std::string_view api_version,
                                    std::string_view kind,
                                    const std::vector<std::string>& objects) {
  agent::object_table out;
  for (std::size_t i = 0; i < objects.size(); ++i)
    out["uid-" + std::to_string(i)] = std::make_shared<const codec::document>(
        make_object(api_version, kind, objects[i]));
  return out;
}

/// "10.0.0.1,10.0.0.2"
inline std::string print(const std::vector<ip_address>& addresses) {
  std::string out;
  for (const auto& each : addresses)
    out += (out.empty() ? "" : ",") + each.to_string();
  return out;
}

} // namespace troupe::test
