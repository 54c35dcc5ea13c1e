#pragma once

#include "messages/codec/document.hpp"

#include <string>
#include <string_view>

namespace troupe::codec {

/// The node a plain (unquoted, untagged) YAML scalar stands for: null, a
/// boolean, an integer, a real, or text. Source: yaml.org/type, YAML 1.1, as
/// read by sigs.k8s.io/yaml.
node* make_plain_scalar(document& doc, std::string_view text);

/// A scalar as the key of a JSON object; false for null and infinities, which
/// are no keys.
bool append_key_text(std::string& out, const node& scalar);

} // namespace troupe::codec
