#pragma once

#include <nlohmann/json_fwd.hpp>

#include <string>

namespace troupe::cluster {

/// A JSON value as a YAML document in block style. Every text that YAML could
/// read as anything else is quoted; no line is folded.
std::string to_yaml(const nlohmann::json& value);

} // namespace troupe::cluster
