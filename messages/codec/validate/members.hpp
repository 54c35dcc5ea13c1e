#pragma once

#include "messages/codec/document.hpp"

namespace troupe::codec {

/// Gives `to`, an object of `doc`, the member `id` of `from`, or none when
/// `from` is null or has none.
void copy_member(document& doc, node& to, const node* from, field_id id);

} // namespace troupe::codec
