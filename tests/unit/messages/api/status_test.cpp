#include "messages/api/status.hpp"

#include <catch2/catch.hpp>

using namespace troupe::api;
namespace meta = troupe::meta;

namespace {

constexpr group_resource config_maps{"", "configmaps"};
constexpr group_resource deployments{"apps", "deployments"};

std::string failure(const std::string& rest) {
  return R"({"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure",)"
         + rest + "}";
}

} // namespace

TEST_CASE("statuses read as upstream's") {
  const std::pair<status, std::string> rows[] = {
      {not_found(config_maps, "a"),
       R"("message":"configmaps \"a\" not found","reason":"NotFound",)"
       R"("details":{"name":"a","kind":"configmaps"},"code":404)"},
      {not_found(deployments, "a"),
       R"("message":"deployments.apps \"a\" not found","reason":"NotFound",)"
       R"("details":{"name":"a","group":"apps","kind":"deployments"},"code":404)"},
      {already_exists(config_maps, "a"),
       R"("message":"configmaps \"a\" already exists","reason":"AlreadyExists",)"
       R"("details":{"name":"a","kind":"configmaps"},"code":409)"},
      {modified(config_maps, "a"),
       R"("message":"Operation cannot be fulfilled on configmaps \"a\": the )"
       R"(object has been modified; please apply your changes to the latest )"
       R"(version and try again","reason":"Conflict",)"
       R"("details":{"name":"a","kind":"configmaps"},"code":409)"},
      {unauthorized(),
       R"("message":"Unauthorized","reason":"Unauthorized","code":401)"},
      {forbidden(config_maps, "a", "no"),
       R"("message":"configmaps \"a\" is forbidden: no","reason":"Forbidden",)"
       R"("details":{"name":"a","kind":"configmaps"},"code":403)"},
      {forbidden(config_maps, "", "no"),
       R"("message":"configmaps is forbidden: no","reason":"Forbidden",)"
       R"("details":{"kind":"configmaps"},"code":403)"},
      {forbidden({}, "", "no"),
       R"("message":"forbidden: no","reason":"Forbidden","details":{},)"
       R"("code":403)"},
      {path_not_found(),
       R"("message":"the server could not find the requested resource",)"
       R"("reason":"NotFound","details":{},"code":404)"},
      {bad_request("<b>"),
       R"("message":"\u003cb\u003e","reason":"BadRequest","code":400)"},
      {method_not_allowed(),
       R"("message":"the server does not allow this method on the requested )"
       R"(resource","reason":"MethodNotAllowed","details":{},"code":405)"},
      {method_not_supported(deployments, "patch"),
       R"("message":"patch is not supported on resources of kind )"
       R"(\"deployments.apps\"","reason":"MethodNotAllowed",)"
       R"("details":{"group":"apps","kind":"deployments"},"code":405)"},
      {not_acceptable({"application/json", "application/yaml"}),
       R"("message":"only the following media types are accepted: )"
       R"(application/json, application/yaml","reason":"NotAcceptable",)"
       R"("code":406)"},
      {unsupported_media_type({"application/json"}),
       R"("message":"the body of the request was in an unknown format - )"
       R"(accepted media types include: application/json",)"
       R"("reason":"UnsupportedMediaType","code":415)"},
      {expired("old"), R"("message":"old","reason":"Expired","code":410)"},
      {gone("old"), R"("message":"old","reason":"Gone","code":410)"},
      {request_entity_too_large("limit is 3"),
       R"("message":"Request entity too large: limit is 3",)"
       R"("reason":"RequestEntityTooLarge","code":413)"},
      {too_many_requests("later", 1),
       R"("message":"later","reason":"TooManyRequests",)"
       R"("details":{"retryAfterSeconds":1},"code":429)"},
      {server_timeout(deployments, "get", 2),
       R"("message":"The get operation against deployments.apps could not be )"
       R"(completed at this time, please try again.","reason":"ServerTimeout",)"
       R"("details":{"name":"get","group":"apps","kind":"deployments",)"
       R"("retryAfterSeconds":2},"code":500)"},
      {too_large_resource_version(9, 5, 1),
       R"("message":"Timeout: Too large resource version: 9, current: 5",)"
       R"("reason":"Timeout","details":{"causes":[{"reason":)"
       R"("ResourceVersionTooLarge","message":"Too large resource version"}],)"
       R"("retryAfterSeconds":1},"code":504)"},
      {service_unavailable("no leader"),
       R"("message":"no leader","reason":"ServiceUnavailable","code":503)"},
      {internal_error("boom"),
       R"("message":"Internal error occurred: boom","reason":"InternalError",)"
       R"("details":{"causes":[{"message":"boom"}]},"code":500)"},
  };
  for (const auto& [given, want] : rows)
    CHECK(to_json(given) == failure(want));
}

TEST_CASE("invalid objects carry a cause for each error") {
  const auto one =
      invalid({"", "ConfigMap"}, "a", {meta::required("metadata.name", "x")});
  CHECK(one.message
        == "ConfigMap \"a\" is invalid: metadata.name: Required value: x");
  const auto two = invalid({"apps", "Deployment"}, "a",
                           {meta::required("b"), meta::required("b"),
                            meta::invalid("c", "5", "no")});
  CHECK(two.message
        == "Deployment.apps \"a\" is invalid: [b: Required value, c: Invalid "
           "value: 5: no]");
  REQUIRE(two.details);
  CHECK(two.details->kind == "Deployment");
  CHECK(two.details->group == "apps");
  CHECK(two.details->causes.size() == 3);
  CHECK(two.details->causes[2]
        == status_cause{"FieldValueInvalid", "Invalid value: 5: no", "c"});
  CHECK(invalid({"", "A"}, "", {}).message == "A \"\" is invalid");
}

TEST_CASE("a success names what it was about and has no code") {
  CHECK(to_json(ok("a", config_maps, "u-1"))
        == R"({"kind":"Status","apiVersion":"v1","metadata":{},)"
           R"("status":"Success","details":{"name":"a","kind":"configmaps",)"
           R"("uid":"u-1"}})");
}
