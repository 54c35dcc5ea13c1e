#pragma once

#include "messages/base/result.hpp"
#include "messages/base/time_point.hpp"
#include "messages/codec/document.hpp"

#include <string>
#include <string_view>

namespace troupe::codec {

/// The canonical text of a quantity, time, micro_time or duration; any other
/// type's text is its own canonical form. Fails with `invalid_argument` and
/// the text upstream's decoder has.
result<std::string> canonical_text(schema::value_type type,
                                   std::string_view text);

/// Go's duration notation ("1h30m", "-1.5s", "300ms"), as time.ParseDuration
/// reads it.
result<duration> parse_duration(std::string_view text);

/// As time.Duration.String writes it: "1h30m0s", "1.5s", "0s".
std::string format_duration(duration value);

/// Whether `value` of `field` says the same as its absence: a zero value that
/// Go does not hold by pointer. Quantities, times, int_or_strings and json
/// always say something.
bool equals_absence(const schema::field_desc& field, const node& value);

/// What Go puts where JSON has null inside a list or map of `field`'s type.
node* zero_element(document& doc, const schema::field_desc& field);

/// Appends `text` in double quotes, with the escapes of Go's encoding/json
/// (also for < > & U+2028 U+2029). The text is UTF-8.
void append_quoted(std::string& out, std::string_view text);

/// Appends a number as Go's encoding/json writes it; null if it is no number.
void append_real(std::string& out, double value);

/// "v1.Container", "map[string]string", "int32": how Go's errors name the type
/// of a field, or of one element when `element`.
std::string go_type_name(const schema::field_desc& field, bool element);

/// The last part of a type's name: "Container".
std::string_view short_name(const schema::type_desc& type);

} // namespace troupe::codec
