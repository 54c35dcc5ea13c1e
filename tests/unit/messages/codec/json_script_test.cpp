#include "messages/codec/json.hpp"
#include "messages/codec/msgpack.hpp"
#include "messages/codec/protobuf.hpp"
#include "messages/codec/yaml.hpp"
#include "messages/schema/registry.hpp"
#include "tests/support/datadriven.hpp"
#include "tests/unit/messages/codec/json_widget.hpp"

#include <catch2/catch.hpp>

#include <stdexcept>

using namespace troupe;
using namespace troupe::codec;

namespace {

/// `Widget`, a kind of v1, or `-` for no type.
const schema::type_desc* type_of(std::string_view kind) {
  if (kind == "Widget")
    return &widget::type();
  return kind == "-" ? nullptr : schema::find_kind_type({"", "v1", kind});
}

std::string hex(bytes_view data) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  for (unsigned char c : data) {
    out += digits[c >> 4];
    out += digits[c & 15];
  }
  return out;
}

/// Octets from hex digits and, between quotes, from themselves.
bytes from_hex(std::string_view text) {
  bytes out;
  std::string digits;
  bool quoted = false;
  for (char c : text) {
    if (c == '"')
      quoted = !quoted;
    else if (quoted)
      out += c;
    else if (std::isxdigit(static_cast<unsigned char>(c)))
      digits += c;
    if (digits.size() == 2) {
      out += static_cast<char>(std::stoi(digits, nullptr, 16));
      digits.clear();
    }
  }
  return out;
}

std::string printed(const result<decoded>& got, const schema::type_desc* type) {
  if (!got)
    return std::string{to_string(got.error().code)} + ": "
           + got.error().message;
  encode_options options{got->api_version, got->kind, {}};
  auto out = encode_json(got->doc.root(), type, options);
  for (const auto& problem : got->problems)
    out += "\nproblem: " + problem;
  return out;
}

std::string run(const test::script_command& command) {
  const auto* type = type_of(command.words.empty() ? "-" : command.word(0));
  const auto input = command.options.contains("octets")
                         ? from_hex(command.input)
                         : command.input;
  if (command.name == "json")
    return printed(decode_json(input, type), type);
  if (command.name == "yaml")
    return printed(decode_yaml(input, type), type);
  if (command.name == "msgpack")
    return hex(encode_msgpack(decode_json(input, type)->doc.root(), type));
  if (command.name == "protobuf") {
    auto got = decode_protobuf(from_hex(input),
                               [](auto, auto kind) { return type_of(kind); });
    return printed(got, got ? got->doc.type() : nullptr);
  }
  throw std::runtime_error{"unknown command " + command.name};
}

} // namespace

TEST_CASE("the scripts in tests/data/codec") {
  for (const auto& file : test::scripts_in(TROUPE_TEST_DATA "/codec")) {
    INFO(file.string());
    for (const auto& difference : test::run_script(file, run))
      FAIL_CHECK(difference);
  }
}
