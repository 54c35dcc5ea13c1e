#pragma once

#include "messages/base/bytes.hpp"
#include "messages/codec/document.hpp"
#include "messages/protocol/wire_fields.hpp"
#include "messages/protocol/wire_reader.hpp"

#include <memory>

/// What the messages of api_call.hpp have in common.
namespace troupe::api_call {

/// Octets of one object in a message.
inline constexpr std::size_t object_octets_max = 4 * 1024 * 1024;

/// Octets of a name, a group, a version.
inline constexpr std::size_t name_max = 1024;

using shared_document = std::shared_ptr<const codec::document>;

/// An object as its type's name and its canonical octets; a null one leaves
/// nothing. The document must have a type.
void write_object(wire::field_writer& out, std::uint64_t id,
                  const shared_document& value);

/// Fails the reader with `unsupported` for a type this process does not know.
shared_document read_object(wire::reader& in);

} // namespace troupe::api_call
