#include "messages/api/options.hpp"
#include "messages/codec/json.hpp"
#include "messages/schema/registry.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::api;

namespace {

struct row {
  query_parameters query;
  std::string want; ///< message, or "" when it is accepted
};

template <class T>
std::string message(const parsed<T>& options) {
  return options ? "" : options.error().message;
}

std::string invalid_list(const std::string& rest) {
  return "ListOptions.meta.k8s.io \"\" is invalid: " + rest;
}

parsed<delete_options> from_body(std::string_view text) {
  const auto* type =
      schema::find_type("io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions");
  REQUIRE(type != nullptr);
  auto body = codec::decode_json(text, type);
  REQUIRE(body);
  return parse_delete_options(body->doc);
}

} // namespace

TEST_CASE("list options keep upstream's rules") {
  const std::string match = "resourceVersionMatch";
  const std::string version = "resourceVersion";
  const row rows[] = {
      {{}, ""},
      {{{"unknown", "x"}}, ""},
      {{{version, ""}}, ""},
      {{{version, "5"}, {match, "Exact"}}, ""},
      {{{version, "0"}, {match, "NotOlderThan"}}, ""},
      {{{"limit", "x"}}, "strconv.ParseInt: parsing \"x\": invalid syntax"},
      {{{"limit", ""}}, "strconv.ParseInt: parsing \"\": invalid syntax"},
      {{{"timeoutSeconds", "99999999999999999999"}},
       "strconv.ParseInt: parsing \"99999999999999999999\": value out of "
       "range"},
      {{{version, "-1"}},
       "invalid resource version: resourceVersion: Invalid value: \"-1\": "
       "strconv.ParseUint: parsing \"-1\": invalid syntax"},
      {{{"labelSelector", "="}},
       "found '=', expected: !, identifier, or 'end of string'"},
      {{{"fieldSelector", "x"}}, "invalid selector: 'x'; can't understand 'x'"},
      {{{match, "Exact"}},
       invalid_list("resourceVersionMatch: Forbidden: resourceVersionMatch is "
                    "forbidden unless resourceVersion is provided")},
      {{{version, "0"}, {match, "Exact"}},
       invalid_list("resourceVersionMatch: Forbidden: resourceVersionMatch "
                    "\"exact\" is forbidden for resourceVersion \"0\"")},
      {{{version, "1"}, {match, "Near"}},
       invalid_list("resourceVersionMatch: Unsupported value: \"Near\": "
                    "supported values: \"Exact\", \"NotOlderThan\", \"\"")},
      {{{"sendInitialEvents", "true"}},
       invalid_list("sendInitialEvents: Forbidden: sendInitialEvents is "
                    "forbidden for list")},
      {{{"continue", "c"}, {version, "1"}},
       "specifying resource version is not allowed when using continue"},
      {{{"continue", "c"}, {version, "1"}, {match, "Exact"}},
       invalid_list("resourceVersionMatch: Forbidden: resourceVersionMatch is "
                    "forbidden when continue is provided")},
  };
  for (const auto& [query, want] : rows)
    CHECK(message(parse_list_options(query, false)) == want);
}

TEST_CASE("watch options keep upstream's rules") {
  const row rows[] = {
      {{{"sendInitialEvents", "true"},
        {"resourceVersionMatch", "NotOlderThan"}},
       ""},
      {{{"sendInitialEvents", "true"}},
       invalid_list(
           "resourceVersionMatch: Forbidden: sendInitialEvents requires "
           "setting resourceVersionMatch to NotOlderThan")},
      {{{"resourceVersionMatch", "NotOlderThan"}},
       invalid_list(
           "resourceVersionMatch: Forbidden: resourceVersionMatch is "
           "forbidden for watch unless sendInitialEvents is provided")},
  };
  for (const auto& [query, want] : rows)
    CHECK(message(parse_list_options(query, true)) == want);
  for (const auto* version : {"", "0"})
    CHECK(parse_list_options({{"resourceVersion", version}}, true)
              ->send_initial_events
          == true);
  CHECK_FALSE(parse_list_options({{"resourceVersion", "7"}}, true)
                  ->send_initial_events);
}

TEST_CASE("list options are read whole") {
  auto read = parse_list_options({{"labelSelector", "a=b"},
                                  {"fieldSelector", "metadata.name=c"},
                                  {"watch", "true"},
                                  {"allowWatchBookmarks", "true"},
                                  {"resourceVersion", "7"},
                                  {"timeoutSeconds", "30"},
                                  {"limit", "500"},
                                  {"continue", "t"}},
                                 false);
  REQUIRE(read);
  CHECK(read->labels.requirements().size() == 1);
  CHECK(read->fields.exact("metadata.name") == "c");
  CHECK(read->watch);
  CHECK(read->allow_bookmarks);
  CHECK(read->resource_version == 7u);
  CHECK(read->timeout_seconds == 30);
  CHECK(read->limit == 500);
  CHECK(read->continue_token == "t");
  CHECK(parse_list_options({{"limit", "-5"}}, false)->limit == 0);
  CHECK(
      !parse_list_options({{"resourceVersion", ""}}, false)->resource_version);
}

TEST_CASE("selectors name fields the resource knows") {
  const auto check = [](std::string_view plural, std::string_view text) {
    const auto* resource = schema::find_resource("", "v1", plural);
    REQUIRE(resource != nullptr);
    auto refused = check_fields(*meta::field_selector::parse(text), *resource);
    return refused ? refused->message : "";
  };
  CHECK(check("configmaps", "metadata.name=a,metadata.namespace!=b") == "");
  CHECK(check("namespaces", "status.phase=Active") == "");
  CHECK(check("configmaps", "data=a")
        == "\"data\" is not a known field selector: only \"metadata.name\", "
           "\"metadata.namespace\"");
  CHECK(check("namespaces", "spec=a") == "field label not supported: spec");
}

TEST_CASE("write options keep upstream's rules") {
  const std::string invalid = "CreateOptions.meta.k8s.io \"\" is invalid: ";
  const row rows[] = {
      {{{"dryRun", "All"},
        {"fieldManager", "k"},
        {"fieldValidation", "Strict"}},
       ""},
      {{{"dryRun", "x"}},
       invalid
           + "dryRun: Unsupported value: [\"x\"]: supported values: \"All\""},
      {{{"fieldValidation", "x"}},
       invalid
           + "fieldValidation: Unsupported value: \"x\": supported values: "
             "\"Ignore\", \"Strict\", \"Warn\""},
      {{{"fieldManager", std::string(129, 'a')}},
       invalid + "fieldManager: Too long: may not be more than 128 bytes"},
      {{{"fieldManager", "a\n"}},
       invalid
           + "fieldManager: Invalid value: \"a\\n\": invalid character U+000A "
             "(at "
             "position 1)"},
  };
  for (const auto& [query, want] : rows)
    CHECK(message(parse_create_options(query)) == want);
  auto read = parse_update_options({{"dryRun", "All"},
                                    {"fieldManager", "k"},
                                    {"fieldValidation", "Ignore"}});
  REQUIRE(read);
  CHECK(read->dry_run);
  CHECK(read->field_manager == "k");
  CHECK(read->validation == field_validation::ignore);
  CHECK(message(parse_update_options({{"dryRun", "x"}}))
            .starts_with("UpdateOptions.meta.k8s.io"));
}

TEST_CASE("patch options tell apply from the others") {
  const std::string invalid = "PatchOptions.meta.k8s.io \"\" is invalid: ";
  CHECK(message(parse_patch_options({{"force", "true"}}, false))
        == invalid
               + "force: Forbidden: may not be specified for non-apply "
                 "patch");
  CHECK(message(parse_patch_options({}, true))
        == invalid
               + "fieldManager: Required value: is required for apply "
                 "patch");
  auto read =
      parse_patch_options({{"fieldManager", "m"}, {"force", "1"}}, true);
  REQUIRE(read);
  CHECK(read->force);
}

TEST_CASE("delete options come from the query or the body") {
  const std::string invalid = "DeleteOptions.meta.k8s.io \"\" is invalid: ";
  auto query = parse_delete_options({{"gracePeriodSeconds", "0"},
                                     {"propagationPolicy", "Foreground"},
                                     {"dryRun", "All"}});
  REQUIRE(query);
  CHECK(query->grace_period_seconds == 0);
  CHECK(query->policy == propagation::foreground);
  CHECK(query->dry_run);
  CHECK_FALSE(query->uid);
  query = parse_delete_options({{"uid", "u"}, {"resourceVersion", "3"}});
  REQUIRE(query);
  CHECK(query->uid == "u");
  CHECK(query->resource_version == "3");
  auto body = from_body(
      R"({"kind":"DeleteOptions","apiVersion":"v1","gracePeriodSeconds":5,)"
      R"("propagationPolicy":"Orphan",)"
      R"("preconditions":{"uid":"u","resourceVersion":"3"}})");
  REQUIRE(body);
  CHECK(body->grace_period_seconds == 5);
  CHECK(body->policy == propagation::orphan);
  CHECK(body->uid == "u");
  CHECK(body->resource_version == "3");
  CHECK(!body->dry_run);
  CHECK(message(from_body(R"({"dryRun":["x"]})"))
        == invalid
               + "dryRun: Unsupported value: [\"x\"]: supported values: "
                 "\"All\"");
  CHECK(message(from_body(
            R"({"orphanDependents":false,"propagationPolicy":"Background"})"))
        == invalid
               + "propagationPolicy: Invalid value: \"Background\": "
                 "orphanDependents and deletionPropagation cannot be both set");
  CHECK(
      message(parse_delete_options({{"propagationPolicy", "x"}}))
      == invalid
             + "propagationPolicy: Unsupported value: \"x\": supported values: "
               "\"Foreground\", \"Background\", \"Orphan\", \"nil\"");
  CHECK(message(parse_delete_options({{"gracePeriodSeconds", "x"}}))
        == "strconv.ParseInt: parsing \"x\": invalid syntax");
}
