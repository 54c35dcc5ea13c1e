#pragma once

#include "messages/codec/document.hpp"

#include <string>

namespace troupe::codec {

/// An untyped value as YAML in blocks, laid out as upstream's sigs.k8s.io/yaml
/// does it: keys in natural order, texts plain where they may be, several lines
/// as a literal block, long ones folded after column 80.
std::string encode_yaml(const node& value);

} // namespace troupe::codec
