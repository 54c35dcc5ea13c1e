#include "messages/meta/selector.hpp"

#include <catch2/catch.hpp>

using namespace troupe::meta;

namespace {

struct column {
  std::string name;
  std::string value;
};

using columns = std::vector<column>;

const columns web = {{"app", "web"}, {"n", "5"}, {"tier", ""}};

} // namespace

TEST_CASE("label selectors match as upstream's") {
  const std::pair<std::string, bool> rows[] = {
      {"", true},
      {"app", true},
      {"!app", false},
      {"db", false},
      {"!db", true},
      {"app=web", true},
      {"app==web", true},
      {"app = web , n", true},
      {"app!=web", false},
      {"db!=web", true},
      {"app in (api, web)", true},
      {"app in (api)", false},
      {"app notin (api)", true},
      {"db notin (api)", true},
      {"db in (api)", false},
      {"app in (web),n>4", true},
      {"n>5", false},
      {"n<6", true},
      {"app>1", false},
      {"db<1", false},
      {"tier=", true},
      {"tier", true},
      {"tier in ()", true},
      {"tier in (,a)", true},
      {"app=", false},
      {"in=1", false},
      {"notin,app", false},
  };
  for (const auto& [text, want] : rows) {
    INFO(text);
    auto selector = label_selector::parse(text);
    REQUIRE(selector);
    CHECK(selector->matches(web) == want);
  }
}

TEST_CASE("malformed label selectors are refused with upstream's texts") {
  const std::string unable = "unable to parse requirement: ";
  const std::pair<std::string, std::string> rows[] = {
      {",", "found ',', expected: !, identifier, or 'end of string'"},
      {"=a", "found '=', expected: !, identifier, or 'end of string'"},
      {"a=b,", "found '', expected: identifier after ','"},
      {"a b", unable + "found 'b', expected: in, notin, =, ==, !=, gt, lt"},
      {"a in", unable + "found '' expected: '('"},
      {"a in b", unable + "found 'b' expected: '('"},
      {"a in (", unable + "found '', expected: ',', ')' or identifier"},
      {"a in (b", unable + "found '', expected: ',' or ')'"},
      {"a in (b c)", unable + "found 'c', expected: ',' or ')'"},
      {"a in (b,", unable + "found '', expected: ',', or identifier"},
      {"a=(", unable + "found '(', expected: identifier"},
      {"!", unable + "found '', expected: identifier"},
      {"!a=b", "found '=', expected: ',' or 'end of string'"},
      {"a=b c", "found 'c', expected: ',' or 'end of string'"},
      {"a>x", unable
                  + "values[0]: Invalid value: \"x\": for 'Gt', 'Lt' "
                    "operators, the value "
                    "must be an integer"},
  };
  for (const auto& [text, want] : rows) {
    INFO(text);
    auto selector = label_selector::parse(text);
    REQUIRE(!selector);
    CHECK(selector.error().message == want);
  }
  auto key = label_selector::parse("_a");
  REQUIRE(!key);
  CHECK(key.error().message.starts_with(
      unable + "<nil>: Invalid value: \"_a\": name part must consist of"));
  auto value = label_selector::parse("a=_b");
  REQUIRE(!value);
  CHECK(value.error().message.starts_with(
      unable + "values[0][a]: Invalid value: \"_b\": a valid label must be"));
  auto longest =
      label_selector::parse(std::string(label_selector::text_max + 1, 'a'));
  REQUIRE(!longest);
  CHECK(longest.error().code == troupe::errc::too_large);
}

TEST_CASE("metav1.LabelSelector becomes a selector") {
  auto selector = to_selector({{"app", "web"}}, {{"n", "In", {"7", "5"}},
                                                 {"db", "DoesNotExist", {}},
                                                 {"tier", "Exists", {}},
                                                 {"app", "NotIn", {"api"}}});
  REQUIRE(selector);
  CHECK(selector->matches(web));
  CHECK(!selector->matches(columns{{"app", "web"}}));
  CHECK(to_selector({}, {})->selects_everything());
  CHECK(!label_selector::nothing().matches(web));
  auto op = to_selector({}, {{"a", "Near", {}}});
  REQUIRE(!op);
  CHECK(op.error().message
        == "\"Near\" is not a valid label selector operator");
  auto empty = to_selector({}, {{"a", "In", {}}});
  REQUIRE(!empty);
  CHECK(empty.error().message
        == "values: Invalid value: []: for 'in', 'notin' operators, values set "
           "can't be empty");
}

TEST_CASE("field selectors match and pin values") {
  const columns fields = {{"metadata.name", "a,b"}, {"status.phase", "Active"}};
  const std::pair<std::string, bool> rows[] = {
      {"", true},
      {"status.phase=Active", true},
      {"status.phase==Active", true},
      {"status.phase!=Active", false},
      {"status.phase=Active,,metadata.name=a\\,b", true},
      {"metadata.name!=x,status.phase=Active", true},
      {"spec.none=", true},
      {"spec.none!=x", true},
  };
  for (const auto& [text, want] : rows) {
    INFO(text);
    auto selector = field_selector::parse(text);
    REQUIRE(selector);
    CHECK(selector->matches(fields) == want);
  }
  auto pinned = field_selector::parse("metadata.name=x,status.phase!=y");
  REQUIRE(pinned);
  CHECK(pinned->exact("metadata.name") == "x");
  CHECK(!pinned->exact("status.phase"));
}

TEST_CASE("malformed field selectors are refused with upstream's texts") {
  const std::pair<std::string, std::string> rows[] = {
      {"a", "invalid selector: 'a'; can't understand 'a'"},
      {"a=b,c", "invalid selector: 'a=b,c'; can't understand 'c'"},
      {"a=b=c", "invalid field selector: unescaped character in value: 61"},
      {"a=\\x", "invalid field selector: invalid escape sequence: \\x"},
      {"a=\\", "invalid field selector: invalid escape sequence: \\"},
  };
  for (const auto& [text, want] : rows) {
    INFO(text);
    auto selector = field_selector::parse(text);
    REQUIRE(!selector);
    CHECK(selector.error().message == want);
  }
}
