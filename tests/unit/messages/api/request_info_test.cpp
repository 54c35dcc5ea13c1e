#include "messages/api/request_info.hpp"

#include <catch2/catch.hpp>

using namespace troupe::api;

namespace {

struct row {
  std::string method;
  std::string path;
  query_parameters query;
  /// verb prefix group version resource subresource namespace name parts,
  /// "-" where there is none.
  std::string want;
};

std::string or_dash(const std::string& text) {
  return text.empty() ? "-" : text;
}

std::string words(const request_info& info) {
  if (!info.is_resource)
    return info.verb;
  std::string parts;
  for (const auto& part : info.parts)
    parts += (parts.empty() ? "" : "/") + part;
  std::string out;
  for (const auto& word :
       {info.verb, info.prefix, info.group, info.version, info.resource,
        info.subresource, info.space, info.name, parts})
    out += (out.empty() ? "" : " ") + or_dash(word);
  return out;
}

} // namespace

TEST_CASE("requests are read as upstream's RequestInfoFactory does") {
  const query_parameters none;
  const row rows[] = {
      {"GET", "/", none, "get"},
      {"GET", "/healthz", none, "get"},
      {"POST", "/api/v1", none, "post"},
      {"GET", "/apis/apps/v1", none, "get"},
      {"GET", "/apis/apps", none, "get"},
      {"GET", "/other/v1/pods", none, "get"},
      {"GET", "/api/v1/namespaces", none,
       "list api - v1 namespaces - - - namespaces"},
      {"GET", "/api/v1/namespaces/x", none,
       "get api - v1 namespaces - x x namespaces/x"},
      {"PUT", "/api/v1/namespaces/x/status", none,
       "update api - v1 namespaces status x x namespaces/x/status"},
      {"PUT", "/api/v1/namespaces/x/finalize", none,
       "update api - v1 namespaces finalize x x namespaces/x/finalize"},
      {"GET", "/api/v1/namespaces/x/configmaps", none,
       "list api - v1 configmaps - x - configmaps"},
      {"HEAD", "/api/v1/namespaces/x/configmaps/a", none,
       "get api - v1 configmaps - x a configmaps/a"},
      {"POST", "/api/v1/namespaces/x/pods/a/binding", none,
       "create api - v1 pods binding x a pods/a/binding"},
      {"GET", "/api/v1/namespaces/x/pods/a/proxy/b/c", none,
       "get api - v1 pods proxy x a pods/a/proxy/b/c"},
      {"DELETE", "/api/v1/namespaces/x/configmaps", none,
       "deletecollection api - v1 configmaps - x - configmaps"},
      {"DELETE", "/api/v1/namespaces/x/configmaps/a", none,
       "delete api - v1 configmaps - x a configmaps/a"},
      {"PATCH", "/apis/apps/v1/namespaces/x/deployments/d/scale", none,
       "patch apis apps v1 deployments scale x d deployments/d/scale"},
      {"GET", "/apis/apps/v1/deployments", none,
       "list apis apps v1 deployments - - - deployments"},
      {"GET",
       "/api/v1/pods/",
       {{"watch", "1"}},
       "watch api - v1 pods - - - pods"},
      {"GET",
       "/api/v1/pods",
       {{"watch", ""}},
       "watch api - v1 pods - - - pods"},
      {"GET",
       "/api/v1/pods",
       {{"watch", "False"}},
       "list api - v1 pods - - - pods"},
      {"GET",
       "/api/v1/pods",
       {{"watch", "true"}, {"limit", "x"}},
       "watch api - v1 pods - - - pods"},
      {"GET",
       "/api/v1/pods",
       {{"fieldSelector", "metadata.name=a"}},
       "list api - v1 pods - - a pods"},
      {"GET",
       "/api/v1/pods",
       {{"fieldSelector", "metadata.name=a/b"}},
       "list api - v1 pods - - - pods"},
      {"GET", "/api/v1/watch/namespaces/x/pods", none,
       "watch api - v1 pods - x - pods"},
      {"GET", "/api/v1/proxy/namespaces/x/pods/a/b", none,
       "proxy api - v1 pods - x a pods/a/b"},
      {"OPTIONS", "/api/v1/pods", none, "- api - v1 pods - - - pods"},
  };
  for (const auto& [method, path, query, want] : rows) {
    INFO(method << ' ' << path);
    auto info = parse_request_info(method, path, query);
    REQUIRE(info);
    CHECK(words(*info) == want);
    CHECK(info->path == path);
  }
  auto bare = parse_request_info("GET", "/api/v1/watch", none);
  REQUIRE(!bare);
  CHECK(bare.error().message
        == "unable to determine kind and namespace from url, /api/v1/watch");
}
