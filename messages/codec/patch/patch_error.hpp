#pragma once

#include "messages/base/result.hpp"

#include <string>

namespace troupe::codec {

/// Who is to blame when a patch fails, and so which answer a client gets.
enum class patch_fault : std::uint8_t {
  /// The patch is no patch: 400, with the message.
  malformed,
  /// More than `json_patch_operations_max`: 413, with the message.
  too_many_operations,
  /// Well-formed, but not for this object: 422 "the server rejected our
  /// request due to an error in our request"; upstream keeps the message.
  not_applicable,
  /// Upstream has no answer of its own: 500, reason empty, with the message
  /// verbatim (a list item without its merge key).
  unclassified,
  /// The patched object is none of its type: 422, an invalid `patch` field
  /// whose bad value is `patch_error::value`.
  invalid_result,
};

struct patch_error {
  patch_fault fault = patch_fault::malformed;
  std::string message; ///< upstream's words
  std::string value;   ///< of `invalid_result`: the object as patched, JSON

  friend bool operator==(const patch_error&, const patch_error&) = default;
};

template <class T>
using patch_result = result<T, patch_error>;

using patch_status = patch_result<unit>;

} // namespace troupe::codec
