#pragma once

#include "messages/codec/document.hpp"
#include "messages/codec/patch/patch_error.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::codec {

/// Operations one JSON patch may hold; more are refused with 413.
inline constexpr std::size_t json_patch_operations_max = 10'000;

/// Octets (as the document's arena counts them) that all `copy` operations of
/// one patch may add: copies double what they copy.
inline constexpr std::size_t json_patch_copy_octets_max = 3 * 1024 * 1024;

/// Steps of one JSON pointer.
inline constexpr std::size_t json_pointer_depth_max = 1'000;

/// The unescaped steps of a JSON pointer (RFC 6901); none for "". Fails with
/// `invalid_argument` when it does not start with '/'.
result<std::vector<std::string>> parse_json_pointer(std::string_view text);

/// Applies a JSON patch (RFC 6902) to `target`, an untyped document, in place:
/// add, remove, replace, move, copy and test, in order. `patch` is the decoded
/// list of operations. As upstream's library does, a negative array index
/// counts from the end and a `test` for null passes on an absent member. When
/// an operation fails, `target` holds what the ones before it made: the caller
/// drops it.
patch_status apply_json_patch(document& target, const node& patch);

/// Members of operations that mean nothing, by path: `unknown field "[0].x"`.
std::vector<std::string> unknown_in_json_patch(const node& patch);

} // namespace troupe::codec
