#include "actors/gateway/object/service_claims.hpp"
#include "messages/view/core_v1.hpp"
#include "tests/unit/actors/gateway/object/object_world.hpp"

#include <catch2/catch.hpp>

#include <set>

using namespace troupe;
using namespace troupe::gateway;

namespace {

class service_world : public test::object_world {
public:
  service_world() { create(call("namespaces", ""), named("ns", "")); }

  static std::string named(const std::string& name, const std::string& spec) {
    return R"({"metadata":{"name":")" + name + R"("})"
           + (spec.empty() ? "" : ",\"spec\":" + spec) + "}";
  }

  object_answer service(const std::string& name, const std::string& spec) {
    return create(call("services", "ns"), named(name, spec));
  }
};

/// The last number of the answer's first address.
std::string address_of(const object_answer& answer) {
  REQUIRE(answer.object);
  return std::string{
      view::core_v1::service{*answer.object}.spec().cluster_ip()};
}

} // namespace

TEST_CASE("the lower part of a range is given last") {
  service_world world;
  // 62 addresses, of which 16 are left to who asks.
  world.service_ranges = {*ip_prefix::parse("10.96.0.0/26")};
  std::set<std::string> drawn;
  for (int i = 0; i < 62; ++i) {
    const auto text = address_of(
        world.service("s" + std::to_string(i), R"({"ports":[{"port":80}]})"));
    CHECK(drawn.insert(text).second);
    const auto place =
        ip_address::parse(text)->minus(world.service_ranges.front().first());
    CHECK(*place >= 1);
    CHECK(*place <= 62);
    CHECK((*place > 16) == (i < 46));
  }
  const auto none = world.service("last", R"({"ports":[{"port":80}]})");
  CHECK(none.status.code == 500);
  CHECK(none.status.message
        == "Internal error occurred: failed to allocate a serviceIP: range is "
           "full");
  // What goes makes room.
  world.remove(world.call("services", "ns", "s7"));
  CHECK(world.service("last", R"({"ports":[{"port":80}]})").status.success);
}

TEST_CASE("two families: addresses of both, grown and given back") {
  service_world world;
  world.service_ranges = {*ip_prefix::parse("10.96.0.0/24"),
                          *ip_prefix::parse("fd00::/112")};
  const auto made = world.service(
      "web", R"({"ipFamilyPolicy":"RequireDualStack","clusterIP":"10.96.0.5",)"
             R"("ports":[{"port":80}]})");
  REQUIRE(made.object);
  const auto spec = view::core_v1::service{*made.object}.spec();
  REQUIRE(spec.cluster_ips().size() == 2);
  CHECK(spec.cluster_ips()[0] == "10.96.0.5");
  CHECK(ip_address::parse(spec.cluster_ips()[1])->family() == ip_family::v6);
  CHECK(spec.ip_families()[1] == "IPv6");

  const auto at = world.call("services", "ns", "web");
  const auto fewer = world.patch(
      at, patch_kind::merge, R"({"spec":{"ipFamilyPolicy":"SingleStack"}})");
  REQUIRE(fewer.object);
  CHECK(claims_of(*fewer.object) == claim_set{"claims/addresses/10.96.0.5"});
  const auto more =
      world.patch(at, patch_kind::merge,
                  R"({"spec":{"ipFamilyPolicy":"PreferDualStack"}})");
  REQUIRE(more.object);
  CHECK(claims_of(*more.object).size() == 2);

  const auto first =
      world.service("six", R"({"ipFamilies":["IPv6"],"ports":[{"port":80}]})");
  CHECK(ip_address::parse(address_of(first))->family() == ip_family::v6);
}

TEST_CASE("who asks for what another was given meanwhile hears of it") {
  service_world world;
  bool done = false;
  world.store.before_propose = [&](std::size_t) {
    if (std::exchange(done, true))
      return;
    // A writer elsewhere is faster.
    store::proposal other;
    other.deadline = world.wall + std::chrono::seconds{60};
    other.ops = {store::put{
        "claims/addresses/10.96.0.7", make_shared_bytes("ns/other"), {}}};
    world.inner.propose_now(std::move(other));
  };
  const auto answer = world.service(
      "web", R"({"clusterIP":"10.96.0.7","ports":[{"port":80}]})");
  CHECK(answer.status.code == 422);
  CHECK(answer.status.message.find("provided IP is already allocated")
        != std::string::npos);
}

TEST_CASE("who draws what another was given meanwhile draws again") {
  service_world world;
  std::string first;
  world.store.before_propose = [&](std::size_t) {
    if (!first.empty())
      return;
    store::proposal other;
    other.deadline = world.wall + std::chrono::seconds{60};
    // Whatever address it is about to claim.
    for (int i = 257; i < 600 && first.empty(); ++i) {
      const auto address =
          world.service_ranges.front().at(static_cast<std::uint64_t>(i));
      other.ops.push_back(store::put{"claims/addresses/" + address->to_string(),
                                     make_shared_bytes("x/y"),
                                     {}});
    }
    first = "taken";
    world.inner.propose_now(std::move(other));
  };
  const auto answer = world.service("web", R"({"ports":[{"port":80}]})");
  REQUIRE(answer.status.success);
  CHECK(world.store.proposals.size() == 3); // the namespace's, and two tries
  const auto place = ip_address::parse(address_of(answer))
                         ->minus(world.service_ranges.front().first());
  CHECK((*place < 257 || *place >= 600));
}
