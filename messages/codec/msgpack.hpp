#pragma once

#include "messages/base/bytes.hpp"
#include "messages/base/result.hpp"
#include "messages/codec/document.hpp"

namespace troupe::codec {

/// Bounds on what is unpacked; past one of them unpacking fails with
/// `too_large`.
struct msgpack_limits {
  std::size_t size_max = 16 * 1024 * 1024; ///< octets
  std::size_t depth_max = 512;             ///< containers inside each other
  std::size_t nodes_max = 2'000'000;       ///< values in the document
};

/// The stored form of a document, one for each value: an object is a map keyed
/// by ascending field ids, a map is keyed by sorted strings, integers and
/// lengths are minimal, reals have 64 bits, bytes fields are bin and all other
/// text is str. Equal documents give equal octets and the other way round.
///
/// `type` describes `value` if that is an object. Members of unknown id are
/// written as what they are.
bytes encode_msgpack(const node& value, const schema::type_desc* type);

/// The same, appended.
void append_msgpack(bytes& out, const node& value,
                    const schema::type_desc* type);

/// Reads what `encode_msgpack` writes and nothing else; other octets fail with
/// `corrupt`. Members of unknown id are kept: maps keyed by numbers as
/// objects, so that an empty map of an unknown field is an empty object.
result<document> decode_msgpack(bytes_view data, const schema::type_desc* type,
                                const msgpack_limits& limits = {});

} // namespace troupe::codec
