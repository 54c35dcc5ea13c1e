#pragma once

#include "messages/codec/document.hpp"

namespace troupe::codec {

/// The members that `from` has from the message it embeds, as a message of
/// that type: an ephemeral container as a container.
document read_embedded(const node& from, const schema::type_desc* type);

} // namespace troupe::codec
