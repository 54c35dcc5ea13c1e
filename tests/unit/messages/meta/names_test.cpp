#include "messages/meta/names.hpp"

#include <catch2/catch.hpp>

#include <set>

using namespace troupe::meta;

namespace {

const std::string label =
    "a lowercase RFC 1123 label must consist of lower case alphanumeric "
    "characters or '-', and must start and end with an alphanumeric character "
    "(e.g. 'my-name',  or '123-abc', regex used for validation is "
    "'[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
const std::string subdomain =
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric "
    "characters, '-' or '.', and must start and end with an alphanumeric "
    "character (e.g. 'example.com', regex used for validation is "
    "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const std::string qualified =
    "must consist of alphanumeric characters, '-', '_' or '.', and must start "
    "and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or "
    "'123-abc', regex used for validation is "
    "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
const std::string value =
    "a valid label must be an empty string or consist of alphanumeric "
    "characters, '-', '_' or '.', and must start and end with an alphanumeric "
    "character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for "
    "validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";
const std::string label1035 =
    "a DNS-1035 label must consist of lower case alphanumeric characters or "
    "'-', start with an alphabetic character, and end with an alphanumeric "
    "character (e.g. 'my-name',  or 'abc-123', regex used for validation is "
    "'[a-z]([-a-z0-9]*[a-z0-9])?')";
const std::string config_key =
    "a valid config key must consist of alphanumeric characters, '-', '_' or "
    "'.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for "
    "validation is '[-._a-zA-Z0-9]+')";

struct row {
  complaints (*check)(std::string_view);
  std::string given;
  complaints want;
};

} // namespace

TEST_CASE("names are judged in upstream's words") {
  const std::string a63(63, 'a');
  const std::string a64(64, 'a');
  const std::string too_long = "must be no more than 63 bytes";
  const row rows[] = {
      {check_dns1123_label, "a", {}},
      {check_dns1123_label, "1-b", {}},
      {check_dns1123_label, a63, {}},
      {check_dns1123_label, a64, {too_long}},
      {check_dns1123_label, "", {label}},
      {check_dns1123_label, "A", {label}},
      {check_dns1123_label, "-a", {label}},
      {check_dns1123_label, "a-", {label}},
      {check_dns1123_label, "a.b", {"must not contain dots"}},
      {check_dns1123_label, "a..b", {label}},
      {check_dns1123_subdomain, "a.b-c.9", {}},
      {check_dns1123_subdomain, "a.", {subdomain}},
      {check_dns1123_subdomain, "a_b", {subdomain}},
      {check_dns1123_subdomain,
       std::string(254, 'a'),
       {"must be no more than 253 bytes"}},
      {check_dns1035_label, "a1", {}},
      {check_dns1035_label, "1a", {label1035}},
      {check_dns1035_label, "", {label1035}},
      {check_qualified_name, "a", {}},
      {check_qualified_name, "example.com/My_Name.1", {}},
      {check_qualified_name,
       "",
       {"name part must be non-empty", "name part " + qualified}},
      {check_qualified_name, "/a", {"prefix part must be non-empty"}},
      {check_qualified_name, "A/a", {"prefix part " + subdomain}},
      {check_qualified_name, "a/" + a64, {"name part " + too_long}},
      {check_qualified_name, "_a", {"name part " + qualified}},
      {check_qualified_name,
       "a/b/c",
       {"a qualified name " + qualified
        + " with an optional DNS subdomain prefix and '/' (e.g. "
          "'example.com/MyName')"}},
      {check_label_value, "", {}},
      {check_label_value, "a_B.c", {}},
      {check_label_value, "a b", {value}},
      {check_label_value, a64, {too_long}},
      {check_path_segment_name, "system:node", {}},
      {check_path_segment_name, ".", {"may not be '.'"}},
      {check_path_segment_name, "..", {"may not be '..'"}},
      {check_path_segment_name,
       "a/b%",
       {"may not contain '/'", "may not contain '%'"}},
      {check_config_map_key, "KEY_1.x", {}},
      {check_config_map_key, "", {config_key}},
      {check_config_map_key, "a/b", {config_key}},
      {check_config_map_key, ".", {"must not be '.'"}},
      {check_config_map_key, "..", {"must not be '..'"}},
      {check_config_map_key, "..a", {"must not start with '..'"}},
      {check_config_map_key,
       std::string(254, 'a'),
       {"must be no more than 253 bytes"}},
  };
  for (const auto& [check, given, want] : rows) {
    INFO(given);
    CHECK(check(given) == want);
  }
}

TEST_CASE("a prefix may end in a dash") {
  CHECK(check_label_name("web-", true).empty());
  CHECK(check_label_name("web-", false) == complaints{label});
  CHECK(check_subdomain_name("a.b-", true).empty());
  CHECK(check_subdomain_name("-", true) == complaints{subdomain});
  CHECK(check_dns1035_name("web-", true).empty());
  CHECK(check_path_name("..", true).empty());
  CHECK(!check_path_name("..", false).empty());
}

TEST_CASE("generated names are a cut base and five legible characters") {
  CHECK(generate_name("web-", 0) == "web-bbbbb");
  CHECK(generate_name(std::string(80, 'a'), 26)
        == std::string(58, 'a') + "9bbbb");
  std::set<std::string> seen;
  for (std::uint64_t i = 0; i < 1000; ++i)
    seen.insert(generate_name("x", i));
  CHECK(seen.size() == 1000);
}

TEST_CASE("uuids say that they are random") {
  std::array<std::uint8_t, 16> random;
  random.fill(0xff);
  CHECK(uuid_text(random) == "ffffffff-ffff-4fff-bfff-ffffffffffff");
  random.fill(0);
  CHECK(uuid_text(random) == "00000000-0000-4000-8000-000000000000");
}
