#include "messages/codec/json.hpp"
#include "messages/schema/registry.hpp"
#include "node/pod/service_variables.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::pod;

namespace {

codec::document service(const std::string& ns, const std::string& name,
                        const std::string& spec) {
  auto read =
      codec::decode_json(R"({"metadata":{"namespace":")" + ns + R"(","name":")"
                             + name + R"("},"spec":)" + spec + "}",
                         schema::find_kind_type({"", "v1", "Service"}));
  REQUIRE(read);
  REQUIRE(read->problems.empty());
  return std::move(read->doc);
}

std::string variables(const std::vector<const codec::document*>& services,
                      std::string_view ns, bool links) {
  std::vector<view::core_v1::service> all;
  for (const auto* each : services)
    all.emplace_back(*each);
  std::string out;
  for (const auto& each : make_service_variables(all, ns, links))
    out += each.name + "=" + each.value + "\n";
  return out;
}

} // namespace

TEST_CASE("containers hear of services in their environment") {
  const auto api = service("default", "kubernetes", R"({"clusterIP":"10.96.0.1",
      "ports":[{"name":"https","protocol":"TCP","port":443}]})");
  const auto web = service("shop", "web-shop", R"({"clusterIP":"10.96.0.9",
      "ports":[{"port":80},{"name":"dns-a","protocol":"UDP","port":53}]})");
  const auto headless = service("shop", "db", R"({"clusterIP":"None",
      "ports":[{"port":5432}]})");
  const auto other = service("other", "web", R"({"clusterIP":"10.96.0.7",
      "ports":[{"port":80}]})");
  const std::vector all{&web, &headless, &other, &api};
  const std::string of_api = "KUBERNETES_SERVICE_HOST=10.96.0.1\n"
                             "KUBERNETES_SERVICE_PORT=443\n"
                             "KUBERNETES_SERVICE_PORT_HTTPS=443\n"
                             "KUBERNETES_PORT=tcp://10.96.0.1:443\n"
                             "KUBERNETES_PORT_443_TCP=tcp://10.96.0.1:443\n"
                             "KUBERNETES_PORT_443_TCP_PROTO=tcp\n"
                             "KUBERNETES_PORT_443_TCP_PORT=443\n"
                             "KUBERNETES_PORT_443_TCP_ADDR=10.96.0.1\n";
  CHECK(variables(all, "shop", false) == of_api);
  CHECK(variables(all, "shop", true)
        == of_api
               + "WEB_SHOP_SERVICE_HOST=10.96.0.9\n"
                 "WEB_SHOP_SERVICE_PORT=80\n"
                 "WEB_SHOP_SERVICE_PORT_DNS_A=53\n"
                 "WEB_SHOP_PORT=tcp://10.96.0.9:80\n"
                 "WEB_SHOP_PORT_80_TCP=tcp://10.96.0.9:80\n"
                 "WEB_SHOP_PORT_80_TCP_PROTO=tcp\n"
                 "WEB_SHOP_PORT_80_TCP_PORT=80\n"
                 "WEB_SHOP_PORT_80_TCP_ADDR=10.96.0.9\n"
                 "WEB_SHOP_PORT_53_UDP=udp://10.96.0.9:53\n"
                 "WEB_SHOP_PORT_53_UDP_PROTO=udp\n"
                 "WEB_SHOP_PORT_53_UDP_PORT=53\n"
                 "WEB_SHOP_PORT_53_UDP_ADDR=10.96.0.9\n");
  CHECK(variables({&web}, "default", true).empty());
}

TEST_CASE("a namespace's own service of the API's name comes first") {
  const auto api =
      service("default", "kubernetes",
              R"({"clusterIP":"10.96.0.1","ports":[{"port":443}]})");
  const auto own = service("shop", "kubernetes",
                           R"({"clusterIP":"fd00::1","ports":[{"port":1}]})");
  for (const auto& all : {std::vector{&api, &own}, std::vector{&own, &api}}) {
    CHECK(
        variables(all, "shop", true).find("KUBERNETES_PORT=tcp://[fd00::1]:1\n")
        != std::string::npos);
    CHECK(variables(all, "shop", false)
              .find("KUBERNETES_PORT=tcp://10.96.0.1:443\n")
          != std::string::npos);
  }
}
