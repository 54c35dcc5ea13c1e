#pragma once

#include "messages/api/request.hpp"
#include "messages/codec/document.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

/// Objects for tests, as JSON says them.
namespace troupe::test {

/// An object of a kind of `api_version`, which is "v1" or "group/version".
codec::document make_object(std::string_view api_version, std::string_view kind,
                            std::string_view json);

/// A core/v1 object to share.
std::shared_ptr<const codec::document> shared_object(std::string_view kind,
                                                     std::string_view json);

/// The object in another version.
codec::document with_revision(const codec::document& object,
                              std::uint64_t revision);

/// The object as compact JSON.
std::string text_of(const codec::document& object);

/// An answer that brings the object; null: none.
api::response succeeded(std::shared_ptr<const codec::document> object);

/// An answer with this status code, reason and message.
api::response failed(int code, const std::string& message = "no");

} // namespace troupe::test
