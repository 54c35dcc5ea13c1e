#pragma once

#include "messages/codec/document.hpp"
#include "messages/meta/field_error.hpp"

#include <string>

namespace troupe::codec {

/// What both versions of Event ask for. `reporter` is what the version calls
/// the field of who reports; the others bear their stored names, as upstream's
/// errors do.
void check_event(const document& object, const std::string& reporter,
                 meta::field_errors& errors);

} // namespace troupe::codec
