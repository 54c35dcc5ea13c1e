#pragma once

#include "messages/codec/json.hpp"

namespace troupe::codec {

/// Reads one YAML document as upstream does: YAML to JSON by the rules of YAML
/// 1.1 (yes and off are booleans, 0777 is octal, a quoted scalar is text,
/// merge keys and aliases are resolved, keys become text), then `decode_json`.
/// A second document, an alias inside its own anchor, and aliases that expand
/// past four times `limits.size_max` are refused.
///
/// A duplicate key is a problem in upstream's words (`yaml: unmarshal
/// errors:\n  line 4: key "a" already set in map`); the last one wins.
result<decoded> decode_yaml(bytes_view text, const schema::type_desc* type,
                            const json_limits& limits = {});

} // namespace troupe::codec
