#include "actors/controllers/controllers.hpp"
#include "actors/controllers/node_ipam/node_ipam.hpp"
#include "actors/controllers/node_ipam/range_table.hpp"
#include "messages/schema/ids/core_v1.hpp"
#include "tests/unit/actors/controllers/controller_world.hpp"

#include <catch2/catch.hpp>

#include <set>

using namespace troupe;
using controllers::node_ipam::range_table;

namespace {

ip_prefix net(std::string_view text) {
  return ip_prefix::parse(text).value();
}

controllers::controller_spec allocator() {
  for (auto& spec : controllers::all_controllers())
    if (spec.name == "node-ipam")
      return spec;
  throw std::runtime_error{"no node ipam controller"};
}

std::string range_of(const codec::document& node) {
  const auto* range = codec::find(
      node.root(), {schema::ids::node::spec, schema::ids::node_spec::pod_cidr});
  return range == nullptr ? "" : std::string{range->string_or("")};
}

/// Nodes that come and go while the controller meets faults.
class fleet {
public:
  explicit fleet(std::uint64_t seed)
      : random_(seed), runner_(world_, allocator()) {
    runner_.misbehave(seed);
  }

  void run() {
    for (int i = 0; i < 60; ++i) {
      if (random_.chance(30) && !nodes().empty())
        erase();
      else
        place();
      for (auto steps = random_.below(8); steps > 0; --steps) {
        runner_.step();
        check_apart();
      }
    }
    runner_.behave();
    runner_.restart();
    runner_.settle();
  }

  void check_apart() const {
    std::set<std::string> seen;
    for (const auto& name : nodes())
      if (const auto range = range_at(name); !range.empty())
        CHECK(seen.insert(range).second);
  }

  void check_end() const {
    check_apart();
    for (const auto& name : nodes())
      CHECK_FALSE(range_at(name).empty());
    CHECK(controllers::node_ipam::reconcile(world_.view(),
                                            controllers::node_ipam::all_nodes())
              .empty());
  }

private:
  std::vector<std::string> nodes() const { return world_.names("core/nodes/"); }

  std::string range_at(const std::string& name) const {
    return range_of(*world_.view().get("core/nodes/" + name));
  }

  void place() {
    const auto name = "n" + std::to_string(random_.below(20));
    for (const auto& has : nodes())
      if (has == name)
        return;
    world_.place("{apiVersion: v1, kind: Node, metadata: {name: " + name
                 + ", uid: u" + std::to_string(++uids_) + "}}");
  }

  void erase() {
    const auto all = nodes();
    world_.erase("core/nodes/" + all[random_.below(all.size())]);
  }

  test::controller_world world_;
  prng random_;
  test::controller_runner runner_;
  int uids_ = 0;
};

} // namespace

TEST_CASE("node ipam: the lowest part is given that shares no address") {
  struct row {
    const char* whole;
    unsigned length;
    std::vector<const char*> taken;
    const char* want;
  };

  const row rows[] = {
      {"10.244.0.0/16", 24, {}, "10.244.0.0/24"},
      {"10.244.0.0/16", 24, {"10.244.0.0/24"}, "10.244.1.0/24"},
      {"10.244.0.0/16", 24, {"10.244.1.0/24"}, "10.244.0.0/24"},
      {"10.244.0.0/16", 24, {"10.244.0.128/32"}, "10.244.1.0/24"},
      {"10.244.0.0/16", 24, {"10.244.0.0/20"}, "10.244.16.0/24"},
      {"10.244.0.0/16", 24, {"10.244.0.0/17"}, "10.244.128.0/24"},
      {"10.244.0.0/16", 24, {"10.243.0.0/16", "fd00::/8"}, "10.244.0.0/24"},
      {"10.244.0.0/16", 24, {"10.244.0.0/16"}, nullptr},
      {"10.244.0.0/16", 24, {"10.0.0.0/8"}, nullptr},
      {"10.244.0.0/16", 24, {"10.244.0.0/17", "10.244.128.0/17"}, nullptr},
      {"fd00:10::/64", 72, {"fd00:10::/72"}, "fd00:10:0:0:100::/72"},
      {"10.244.7.0/24", 24, {}, "10.244.7.0/24"},
  };
  for (const auto& r : rows) {
    range_table table{net(r.whole), r.length};
    for (const auto* text : r.taken)
      table.take(net(text));
    const auto got = table.take_lowest();
    INFO(r.whole << " " << (r.taken.empty() ? "" : r.taken.front()));
    CHECK((got ? got->to_string() : "") == (r.want == nullptr ? "" : r.want));
  }
}

TEST_CASE("node ipam: when all ranges are given the rest wait for one") {
  test::controller_world world;
  test::controller_runner runner{world, allocator()};
  for (int i = 0; i < 258; ++i) {
    const auto name = "n" + std::to_string(1000 + i);
    world.place("{apiVersion: v1, kind: Node, metadata: {name: " + name
                + ", uid: u" + name + "}}");
  }
  runner.settle();
  const auto without = [&] {
    std::vector<std::string> out;
    for (const auto& name : world.names("core/nodes/"))
      if (range_of(*world.view().get("core/nodes/" + name)).empty())
        out.push_back(name);
    return out;
  };
  CHECK(without() == std::vector<std::string>{"n1256", "n1257"});
  const auto freed = range_of(*world.view().get("core/nodes/n1007"));
  CHECK(freed == "10.244.7.0/24");
  world.erase("core/nodes/n1007");
  runner.settle();
  CHECK(without() == std::vector<std::string>{"n1257"});
  CHECK(range_of(*world.view().get("core/nodes/n1256")) == freed);
}

TEST_CASE("node ipam: ranges stay apart whatever the controller meets") {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    CAPTURE(seed);
    fleet world{seed};
    REQUIRE_NOTHROW(world.run());
    world.check_end();
  }
}
