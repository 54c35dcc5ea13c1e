#pragma once

#include "messages/base/bytes.hpp"
#include "messages/base/result.hpp"
#include "messages/codec/document.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::codec {

/// Bounds on a decoded text; past one of them decoding fails with `too_large`.
struct json_limits {
  std::size_t size_max = 3 * 1024 * 1024; ///< octets of text
  std::size_t depth_max = 256;            ///< containers inside each other
  std::size_t nodes_max = 1'000'000;      ///< values in the document
};

/// What a body said.
struct decoded {
  document doc;            ///< canonical: without values that equal absence
  std::string api_version; ///< of the root, empty if absent
  std::string kind;        ///< of the root, empty if absent
  /// What strict decoding finds wrong, in upstream's words, in the order of
  /// the text and at most `problems_max`: `unknown field "spec.foo"`,
  /// `duplicate field "data.x"`. Strict refuses them, Warn reports them.
  std::vector<std::string> problems;

  static constexpr std::size_t problems_max = 100;
};

/// Reads one JSON value as `type`, or untyped when `type` is null: then objects
/// are maps and apiVersion and kind stay in them as well. Names are
/// case-sensitive; null is absence (inside lists and maps: the zero value);
/// of duplicates the last wins; octets that are no UTF-8 become U+FFFD.
///
/// Values come out canonical: times in UTC, quantities and durations as
/// upstream prints them, bytes decoded. A value of the wrong type fails with
/// `invalid_argument` and the text of Go's decoder: `json: cannot unmarshal
/// string into Go struct field ConfigMap.data of type map[string]string`.
result<decoded> decode_json(bytes_view text, const schema::type_desc* type,
                            const json_limits& limits = {});

/// What the text of an object says besides the document.
struct encode_options {
  std::string_view api_version; ///< at the root, left out if empty
  std::string_view kind;        ///< at the root, left out if empty
  /// Written as metadata.resourceVersion in place of the document's.
  std::optional<std::string_view> resource_version;
};

/// Appends `value` as JSON without blanks: kind and apiVersion, then fields by
/// id, with Go's escapes. `type` describes `value` if that is an object. Absent
/// `always` fields are written with their zero value; ids unknown to the type
/// are left out.
void append_json(std::string& out, const node& value,
                 const schema::type_desc* type,
                 const encode_options& options = {});

/// The same as a text of its own.
std::string encode_json(const node& value, const schema::type_desc* type,
                        const encode_options& options = {});

} // namespace troupe::codec
