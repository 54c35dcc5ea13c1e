#pragma once

#include "messages/codec/document.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace troupe::codec {

/// What upstream says beside the answer about an object that may be stored:
/// fields that do nothing any more, entries that hide one another. In its words
/// and order.
std::vector<std::string>
warnings_on_create(const document& object,
                   const schema::resource_desc& resource);

/// `subresource` is "" for the object itself.
std::vector<std::string>
warnings_on_update(const document& next, const document& old,
                   const schema::resource_desc& resource,
                   std::string_view subresource);

} // namespace troupe::codec
