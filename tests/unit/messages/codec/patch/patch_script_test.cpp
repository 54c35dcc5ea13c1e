#include "messages/codec/patch/patch.hpp"
#include "tests/support/datadriven.hpp"
#include "tests/unit/messages/codec/patch/sample_type.hpp"

#include <catch2/catch.hpp>

#include <sstream>

using namespace troupe;
using namespace troupe::codec;

namespace {

constexpr encode_options widget{"test/v1", "Widget", std::nullopt};

std::string_view fault_name(patch_fault fault) {
  switch (fault) {
    case patch_fault::malformed:
      return "malformed";
    case patch_fault::too_many_operations:
      return "too many operations";
    case patch_fault::not_applicable:
      return "not applicable";
    case patch_fault::unclassified:
      return "unclassified";
    default:
      return "invalid result";
  }
}

patch_kind kind_of(const std::string& name) {
  return name == "json"    ? patch_kind::json
         : name == "merge" ? patch_kind::merge
                           : patch_kind::strategic;
}

/// `<kind>`: the object on one line, the patch on the others.
std::string run(const test::script_command& command) {
  std::istringstream input{command.input};
  std::string object;
  std::getline(input, object);
  std::string patch{std::istreambuf_iterator<char>{input}, {}};
  auto live = decode_json(object, &test::widget_type());
  if (!live)
    throw std::runtime_error(live.error().message);
  auto patched = patch_object(live->doc, widget, kind_of(command.name), patch);
  if (!patched)
    return std::string{fault_name(patched.error().fault)} + ": "
           + patched.error().message;
  std::string out = encode_json(patched->doc.root(), patched->doc.type(), {});
  for (auto& problem : patched->problems)
    out += "\nproblem: " + problem;
  return out;
}

} // namespace

TEST_CASE("patches do what their scripts say") {
  for (auto& file : test::scripts_in(TROUPE_TEST_DATA "/codec/patch"))
    for (auto& difference : test::run_script(file, run))
      FAIL_CHECK(difference);
}
