#include "messages/codec/scalars.hpp"

#include "messages/meta/go_quote.hpp"
#include "messages/meta/quantity.hpp"
#include "messages/meta/time.hpp"

#include <array>
#include <charconv>
#include <cmath>

namespace troupe::codec {

using schema::cardinality;
using schema::field_desc;
using schema::value_type;

namespace {

template <class Parse, class Format>
result<std::string> rewritten(std::string_view text, Parse parse,
                              Format format) {
  auto parsed = parse(text);
  if (!parsed)
    return std::move(parsed).error();
  return format(*parsed);
}

} // namespace

result<std::string> canonical_text(value_type type, std::string_view text) {
  switch (type) {
    case value_type::quantity:
      return meta::canonical_quantity(text);
    case value_type::time:
      return rewritten(text, meta::parse_time, meta::format_time);
    case value_type::micro_time:
      return rewritten(text, meta::parse_micro_time, meta::format_micro_time);
    case value_type::duration:
      return rewritten(text, parse_duration, format_duration);
    default:
      return std::string{text};
  }
}

bool equals_absence(const field_desc& field, const node& value) {
  if (value.is(node_kind::null))
    return true;
  if (field.pointer)
    return false;
  if (field.many != cardinality::one)
    return value.empty();
  switch (field.type) {
    case value_type::boolean:
      return !value.boolean_or(true);
    case value_type::int32:
    case value_type::int64:
      return value.integer_or(1) == 0;
    case value_type::real:
      return value.is(node_kind::real) && value.real() == 0;
    case value_type::string:
    case value_type::bytes:
      return value.string_or("x").empty();
    case value_type::object:
      return value.empty();
    default:
      return false;
  }
}

node* zero_element(document& doc, const field_desc& field) {
  switch (field.type) {
    case value_type::boolean:
      return doc.make_boolean(false);
    case value_type::int32:
    case value_type::int64:
    case value_type::int_or_string:
      return doc.make_integer(0);
    case value_type::real:
      return doc.make_real(0);
    case value_type::string:
    case value_type::bytes:
      return doc.make_string("");
    case value_type::quantity:
      return doc.make_string("0");
    case value_type::duration:
      return doc.make_string("0s");
    case value_type::object:
      return doc.make_object();
    case value_type::time:
    case value_type::micro_time:
    case value_type::json:
      return doc.make_null();
  }
  return doc.make_null();
}

// -- JSON text ----------------------------------------------------------------

namespace {

/// Octets that may not stand for themselves. 0xe2 starts U+2028 and U+2029.
constexpr std::array<bool, 256> make_special() {
  std::array<bool, 256> special{};
  for (int c = 0; c < 0x20; ++c)
    special[static_cast<std::size_t>(c)] = true;
  for (unsigned char c : {'"', '\\', '<', '>', '&'})
    special[c] = true;
  special[0xe2] = true;
  return special;
}

constexpr auto special = make_special();

void append_escape(std::string& out, unsigned char c) {
  constexpr std::string_view plain = "\"\\\b\f\n\r\t";
  constexpr std::string_view letter = "\"\\bfnrt";
  constexpr std::string_view hex = "0123456789abcdef";
  out += '\\';
  const auto at = plain.find(static_cast<char>(c));
  if (at != plain.npos) {
    out += letter[at];
    return;
  }
  out += "u00";
  out += hex[c >> 4];
  out += hex[c & 15];
}

} // namespace

void append_quoted(std::string& out, std::string_view text) {
  out += '"';
  std::size_t done = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (!special[c])
      continue;
    if (c == 0xe2) {
      const auto point = text.substr(i, 3);
      if (point != "\xe2\x80\xa8" && point != "\xe2\x80\xa9")
        continue;
      out.append(text, done, i - done);
      out += point[2] == '\xa8' ? "\\u2028" : "\\u2029";
      i += 2;
    } else {
      out.append(text, done, i - done);
      append_escape(out, c);
    }
    done = i + 1;
  }
  out.append(text, done);
  out += '"';
}

namespace {

/// "1.5e+20" as a whole number: digits, then zeros up to the exponent.
void append_whole(std::string& out, std::string_view scientific) {
  const auto e = scientific.find('e');
  auto digits = std::string{scientific.substr(0, e)};
  std::erase(digits, '.');
  int exponent = 0;
  const auto power = scientific.substr(e + 2);
  std::from_chars(power.data(), power.data() + power.size(), exponent);
  const auto sign = static_cast<std::size_t>(digits.front() == '-');
  digits.resize(sign + 1 + static_cast<std::size_t>(exponent), '0');
  out += digits;
}

} // namespace

void append_real(std::string& out, double value) {
  if (!std::isfinite(value)) {
    out += "null";
    return;
  }
  // Go's rule: as ECMAScript, but without a leading zero in the exponent.
  // Whole numbers past 2^53 show their shortest digits, then zeros.
  const auto magnitude = std::fabs(value);
  const bool scientific =
      magnitude != 0 && (magnitude < 1e-6 || magnitude >= 1e21);
  const bool padded = !scientific && magnitude >= 9007199254740992.0;
  std::array<char, 64> buffer;
  const auto end =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), value,
                    scientific || padded ? std::chars_format::scientific
                                         : std::chars_format::fixed);
  const std::string_view text{
      buffer.data(), static_cast<std::size_t>(end.ptr - buffer.data())};
  const auto n = text.size();
  if (padded) {
    append_whole(out, text);
  } else if (scientific && n >= 4 && text.substr(n - 4, 3) == "e-0") {
    out += text.substr(0, n - 2);
    out += text[n - 1];
  } else {
    out += text;
  }
}

// -- names --------------------------------------------------------------------

std::string_view short_name(const schema::type_desc& type) {
  const auto dot = type.name.rfind('.');
  return dot == type.name.npos ? type.name : type.name.substr(dot + 1);
}

namespace {

/// "io.k8s.api.core.v1.Container" is "v1.Container" to Go.
std::string_view package_name(const schema::type_desc& type) {
  const auto last = type.name.rfind('.');
  if (last == type.name.npos || last == 0)
    return type.name;
  const auto dot = type.name.rfind('.', last - 1);
  return dot == type.name.npos ? type.name : type.name.substr(dot + 1);
}

std::string_view element_name(const field_desc& field) {
  switch (field.type) {
    case value_type::boolean:
      return "bool";
    case value_type::int32:
    case value_type::int_or_string:
      return "int32";
    case value_type::int64:
      return "int64";
    case value_type::real:
      return "float64";
    case value_type::bytes:
      return "[]uint8";
    case value_type::object:
      return field.object != nullptr ? package_name(*field.object) : "";
    default:
      return "string";
  }
}

} // namespace

std::string go_type_name(const field_desc& field, bool element) {
  std::string out;
  if (!element && field.many == cardinality::list)
    out = "[]";
  if (!element && field.many == cardinality::map)
    out = "map[string]";
  out += element_name(field);
  return out;
}

} // namespace troupe::codec
