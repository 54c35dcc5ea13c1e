#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace troupe::meta {

/// Upstream's field error types; their names are `StatusCause.reason`.
enum class field_error_type {
  not_found,     ///< FieldValueNotFound
  required,      ///< FieldValueRequired
  duplicate,     ///< FieldValueDuplicate
  invalid,       ///< FieldValueInvalid
  not_supported, ///< FieldValueNotSupported
  forbidden,     ///< FieldValueForbidden
  too_long,      ///< FieldValueTooLong
  too_many,      ///< FieldValueTooMany
  internal,      ///< InternalError
  type_invalid,  ///< FieldValueTypeInvalid
};

/// One thing wrong with one field of an object, in upstream's words
/// (apimachinery pkg/util/validation/field).
struct field_error {
  field_error_type type = field_error_type::invalid;
  std::string field;     ///< "spec.containers[0].image"
  std::string bad_value; ///< already rendered: `"x"`, `5`, `null`; may be empty
  std::string detail;

  /// "spec.x: Invalid value: \"y\": must be ..." as clients print it.
  std::string text() const;
  /// The text without the field: StatusCause.message.
  std::string body() const;

  friend bool operator==(const field_error&, const field_error&) = default;
};

using field_errors = std::vector<field_error>;

/// "FieldValueRequired" and so on.
std::string_view reason(field_error_type type);

/// A string as Go's %q prints it, for `bad_value`.
std::string quoted(std::string_view text);

field_error required(std::string field, std::string detail = {});
field_error invalid(std::string field, std::string rendered_value,
                    std::string detail);
field_error duplicate(std::string field, std::string rendered_value);
field_error not_supported(std::string field, std::string rendered_value,
                          const std::vector<std::string_view>& supported);
field_error forbidden(std::string field, std::string detail);
field_error too_long(std::string field, std::size_t bytes_max);
field_error too_many(std::string field, std::size_t count,
                     std::size_t count_max);

} // namespace troupe::meta
