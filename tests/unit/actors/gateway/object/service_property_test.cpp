#include "actors/gateway/object/metadata.hpp"
#include "actors/gateway/object/service_claims.hpp"
#include "actors/gateway/object/storage.hpp"
#include "tests/unit/actors/gateway/object/object_world.hpp"

#include <catch2/catch.hpp>

#include <random>
#include <set>

using namespace troupe;
using namespace troupe::gateway;
using test::fate;

namespace {

/// Services that come, change and go while views are stale, answers get lost
/// and the ranges run dry. Whatever happens, what they hold is claimed once,
/// and nothing else is.
class market {
public:
  explicit market(unsigned seed) : random_{seed} {
    // So few that they do run out.
    world_.service_ranges = {*ip_prefix::parse("10.96.0.0/29"),
                             *ip_prefix::parse("fd00::/125")};
    world_.create(world_.call("namespaces", ""),
                  R"({"metadata":{"name":"ns"}})");
    seen_.push_back(world_.inner.current());
  }

  void step() {
    if (pick(3) == 0)
      world_.store.stale = seen_[pick(seen_.size())];
    if (pick(5) == 0)
      world_.store.fates = {pick(2) == 0 ? fate::unknown_done
                                         : fate::unknown_lost};
    act(std::string{static_cast<char>('a' + pick(9))});
    world_.store.fates.clear();
    world_.store.stale = nullptr;
    seen_.push_back(world_.inner.current());
    check();
  }

  std::size_t ran_dry() const { return ran_dry_; }
  std::size_t clashes() const { return clashes_; }

  void remove_all() {
    for (char name = 'a'; name < 'j'; ++name) {
      const auto at = call(std::string{name});
      world_.patch(at, patch_kind::merge,
                   R"({"metadata":{"finalizers":null}})");
      world_.remove(at);
    }
    check();
    CHECK(claims().empty());
  }

private:
  std::size_t pick(std::size_t n) { return random_() % n; }

  object_call call(const std::string& name) const {
    return world_.call("services", "ns", name);
  }

  std::string spec() {
    static constexpr const char* types[] = {"ClusterIP", "NodePort",
                                            "LoadBalancer"};
    std::string out = R"({"type":")" + std::string{types[pick(3)]} + "\"";
    if (pick(4) == 0)
      out += R"(,"clusterIP":"10.96.0.)" + std::to_string(pick(9)) + "\"";
    if (pick(3) == 0)
      out += R"(,"ipFamilyPolicy":"PreferDualStack")";
    if (pick(3) == 0)
      out += R"(,"externalTrafficPolicy":"Local")";
    return out + R"(,"ports":)" + ports() + "}";
  }

  std::string ports() {
    std::string out;
    for (std::size_t i = 0; i <= pick(3); ++i) {
      const auto number = std::to_string(i);
      out += out.empty() ? "" : ",";
      out += R"({"name":"p)" + number + R"(","port":8)" + number;
      if (pick(4) == 0)
        out += R"(,"nodePort":3000)" + std::to_string(pick(4));
      out += "}";
    }
    return "[" + out + "]";
  }

  void act(const std::string& name) {
    auto at = call(name);
    at.dry_run = pick(10) == 0;
    switch (pick(6)) {
      case 0:
        return heard(world_.remove(at));
      case 1:
        return heard(
            world_.patch(at, patch_kind::merge, R"({"spec":)" + spec() + "}"));
      case 2:
        return heard(world_.patch(
            at, patch_kind::merge,
            R"({"spec":{"type":"ExternalName","externalName":"a.b"}})"));
      case 3:
        return heard(world_.patch(
            at, patch_kind::merge,
            pick(2) == 0 ? R"({"metadata":{"finalizers":["x.io/a"]}})"
                         : R"({"metadata":{"finalizers":null}})"));
      default:
        at.name.clear();
        return heard(world_.create(at, R"({"metadata":{"name":")" + name
                                           + R"("},"spec":)" + spec() + "}"));
    }
  }

  void heard(const object_answer& answer) {
    if (answer.status.message.find("range is full") != std::string::npos)
      ++ran_dry_;
    if (answer.status.message.find("already allocated") != std::string::npos)
      ++clashes_;
  }

  std::set<std::string> claims() const {
    std::set<std::string> out;
    const auto state = world_.inner.current();
    state->range("claims/", store::prefix_end("claims/"), state->applied(),
                 [&](const auto& key, const auto&) {
                   out.insert(key);
                   return true;
                 });
    return out;
  }

  void check() const {
    std::set<std::string> held;
    std::size_t count = 0;
    const auto state = world_.inner.current();
    const auto& resource = *call("a").resource;
    const auto prefix = list_prefix(resource, "ns");
    state->range(prefix, store::prefix_end(prefix), state->applied(),
                 [&](const auto& key, const auto&) {
                   const auto found =
                       read_object(*state, key, resource).value();
                   const auto own = claims_of(found->object);
                   count += own.size();
                   held.insert(own.begin(), own.end());
                   return true;
                 });
    CHECK(held.size() == count);
    CHECK(held == claims());
  }

  test::object_world world_;
  std::mt19937 random_;
  std::vector<std::shared_ptr<const store::store_snapshot>> seen_;
  std::size_t ran_dry_ = 0;
  std::size_t clashes_ = 0;
};

} // namespace

TEST_CASE("what Services hold is claimed once, and nothing else is") {
  std::size_t ran_dry = 0;
  std::size_t clashes = 0;
  for (unsigned seed = 1; seed <= 30; ++seed) {
    INFO("seed " << seed);
    market m{seed};
    for (int i = 0; i < 120; ++i)
      m.step();
    m.remove_all();
    ran_dry += m.ran_dry();
    clashes += m.clashes();
  }
  CHECK(ran_dry > 0);
  CHECK(clashes > 0);
}
