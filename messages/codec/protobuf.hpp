#pragma once

#include "messages/codec/json.hpp"

#include <functional>

namespace troupe::codec {

/// Bounds on a decoded body; past one of them decoding fails with `too_large`.
struct protobuf_limits {
  std::size_t size_max = 3 * 1024 * 1024; ///< octets
  std::size_t depth_max = 256;            ///< messages inside each other
  std::size_t nodes_max = 1'000'000;      ///< values in the document
};

/// The type of a kind, or null. `api_version` is "v1" or "apps/v1".
using type_lookup = std::function<const schema::type_desc*(
    std::string_view api_version, std::string_view kind)>;

/// Whether `data` starts with the magic "k8s\0" of upstream's protobuf.
bool is_protobuf(bytes_view data);

/// Reads a body of type application/vnd.kubernetes.protobuf: the magic, then a
/// runtime.Unknown with apiVersion, kind and the message. Field numbers are
/// the schema's ids; unknown ones are dropped, as upstream does. Values come
/// out canonical, as from `decode_json`; there are no problems to report.
///
/// Fails with `not_found` when `lookup` knows no such kind, with
/// `invalid_argument` on anything malformed, also on text that is no UTF-8 and
/// on an encoding of the message that is not the plain one.
result<decoded> decode_protobuf(bytes_view data, const type_lookup& lookup,
                                const protobuf_limits& limits = {});

} // namespace troupe::codec
