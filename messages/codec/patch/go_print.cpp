#include "messages/codec/patch/go_print.hpp"

#include "messages/base/check.hpp"

#include <array>
#include <charconv>
#include <utility>

namespace troupe::codec {

namespace {

void print(const node& value, std::string& out);

void print_map(const node& value, std::string& out) {
  out += "map[";
  auto first = true;
  for (auto& [key, item] : value.entries()) {
    if (!std::exchange(first, false))
      out += ' ';
    out += key;
    out += ':';
    print(*item, out);
  }
  out += ']';
}

void print_list(const node& value, std::string& out) {
  out += '[';
  auto first = true;
  for (auto* item : value.items()) {
    if (!std::exchange(first, false))
      out += ' ';
    print(*item, out);
  }
  out += ']';
}

void print(const node& value, std::string& out) {
  std::array<char, 32> digits;
  switch (value.kind()) {
    case node_kind::null:
      out += "<nil>";
      return;
    case node_kind::boolean:
      out += value.boolean() ? "true" : "false";
      return;
    case node_kind::integer:
      out += std::to_string(value.integer());
      return;
    case node_kind::real: {
      auto end = std::to_chars(digits.data(), digits.data() + digits.size(),
                               value.real());
      out.append(digits.data(), end.ptr);
      return;
    }
    case node_kind::string:
      out += value.string();
      return;
    case node_kind::map:
      return print_map(value, out);
    case node_kind::list:
      return print_list(value, out);
    case node_kind::object:
      TROUPE_CHECK(false, "only untyped values are printed");
  }
}

} // namespace

std::string go_print(const node& value) {
  std::string out;
  print(value, out);
  return out;
}

} // namespace troupe::codec
