#include "messages/meta/field_error.hpp"

#include "messages/meta/go_quote.hpp"

namespace troupe::meta {

namespace {

/// The words a type opens its text with.
std::string_view title(field_error_type type) {
  switch (type) {
    case field_error_type::not_found:
      return "Not found";
    case field_error_type::required:
      return "Required value";
    case field_error_type::duplicate:
      return "Duplicate value";
    case field_error_type::not_supported:
      return "Unsupported value";
    case field_error_type::forbidden:
      return "Forbidden";
    case field_error_type::too_long:
      return "Too long";
    case field_error_type::too_many:
      return "Too many";
    case field_error_type::internal:
      return "Internal error";
    case field_error_type::invalid:
    case field_error_type::type_invalid:
      break;
  }
  return "Invalid value";
}

bool shows_value(field_error_type type) {
  return type != field_error_type::required
         && type != field_error_type::forbidden
         && type != field_error_type::too_long
         && type != field_error_type::internal;
}

} // namespace

std::string field_error::text() const {
  return field + ": " + body();
}

std::string field_error::body() const {
  std::string out{title(type)};
  if (shows_value(type) && !bad_value.empty())
    out += ": " + bad_value;
  if (!detail.empty())
    out += ": " + detail;
  return out;
}

std::string_view reason(field_error_type type) {
  switch (type) {
    case field_error_type::not_found:
      return "FieldValueNotFound";
    case field_error_type::required:
      return "FieldValueRequired";
    case field_error_type::duplicate:
      return "FieldValueDuplicate";
    case field_error_type::not_supported:
      return "FieldValueNotSupported";
    case field_error_type::forbidden:
      return "FieldValueForbidden";
    case field_error_type::too_long:
      return "FieldValueTooLong";
    case field_error_type::too_many:
      return "FieldValueTooMany";
    case field_error_type::internal:
      return "InternalError";
    case field_error_type::type_invalid:
      return "FieldValueTypeInvalid";
    case field_error_type::invalid:
      break;
  }
  return "FieldValueInvalid";
}

std::string quoted(std::string_view text) {
  return go_quote(text);
}

field_error required(std::string field, std::string detail) {
  return {field_error_type::required, std::move(field), {}, std::move(detail)};
}

field_error invalid(std::string field, std::string rendered_value,
                    std::string detail) {
  return {field_error_type::invalid, std::move(field),
          std::move(rendered_value), std::move(detail)};
}

field_error duplicate(std::string field, std::string rendered_value) {
  return {field_error_type::duplicate,
          std::move(field),
          std::move(rendered_value),
          {}};
}

field_error not_supported(std::string field, std::string rendered_value,
                          const std::vector<std::string_view>& supported) {
  std::string detail;
  for (auto value : supported)
    detail += (detail.empty() ? "supported values: " : ", ") + quoted(value);
  return {field_error_type::not_supported, std::move(field),
          std::move(rendered_value), std::move(detail)};
}

field_error forbidden(std::string field, std::string detail) {
  return {field_error_type::forbidden, std::move(field), {}, std::move(detail)};
}

field_error too_long(std::string field, std::size_t bytes_max) {
  return {field_error_type::too_long,
          std::move(field),
          {},
          "may not be more than " + std::to_string(bytes_max) + " bytes"};
}

field_error too_many(std::string field, std::size_t count,
                     std::size_t count_max) {
  return {field_error_type::too_many, std::move(field), std::to_string(count),
          "must have at most " + std::to_string(count_max)
              + (count_max == 1 ? " item" : " items")};
}

} // namespace troupe::meta
