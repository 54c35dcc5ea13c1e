#include "runtime/control/informer_cache.hpp"
#include "tests/support/local_store.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::control;

namespace {

/// A store whose values are of no interest, and a cache on it.
struct fixture {
  test::local_store store;
  informer_cache cache{{{"core/configmaps/"}, true}};
  std::uint8_t last = 0;

  store::revision propose(store::op what) {
    store::proposal proposal;
    proposal.id = store::proposal_id{{++last}};
    proposal.ops = {std::move(what)};
    const auto outcome = store.propose_now(std::move(proposal));
    return std::get<store::committed>(outcome).ops.at(0).at;
  }

  store::revision put(const std::string& key, std::string uid,
                      std::vector<std::string> owners = {},
                      bool deleting = false) {
    store::columns columns;
    columns.uid = std::move(uid);
    columns.labels = {{"app", key.substr(key.size() - 1)}};
    columns.owner_uids = std::move(owners);
    columns.deleting = deleting;
    return propose(store::put{key, make_shared_bytes(std::to_string(last)),
                              std::move(columns)});
  }

  /// "+a" added, "~a" modified, "-a" gone.
  std::string advance() {
    std::string out;
    cache.advance(store.current(), [&](const object_change& change) {
      out += !change.before ? "+" : change.now ? "~" : "-";
      out += change.key.substr(change.key.rfind('/') + 1);
    });
    return out;
  }
};

} // namespace

TEST_CASE("informer: begins with everything, then hears of changes") {
  fixture f;
  f.put("core/configmaps/n/b", "u1");
  f.put("core/configmaps/n/a", "u2");
  f.put("core/namespaces/n", "u3");
  CHECK(f.advance() == "+a+b");
  CHECK(f.advance().empty());
  f.put("core/configmaps/n/b", "u1");
  f.propose(store::erase{"core/configmaps/n/a"});
  f.put("core/configmaps/n/c", "u4");
  f.put("core/namespaces/m", "u5");
  CHECK(f.advance() == "~b-a+c");
  CHECK(f.cache.applied() == f.store.current()->applied());
}

TEST_CASE("informer: an older view changes nothing") {
  fixture f;
  f.put("core/configmaps/n/a", "u1");
  const auto old = f.store.current();
  f.put("core/configmaps/n/b", "u2");
  CHECK(f.advance() == "+a+b");
  f.cache.advance(old, [](const object_change&) { FAIL("nothing changed"); });
  CHECK(f.cache.at({}).find("core/configmaps/n/b") != nullptr);
}

TEST_CASE("informer: compares the views where history was compacted") {
  fixture f;
  f.put("core/configmaps/n/a", "u1");
  f.put("core/configmaps/n/b", "u2");
  f.put("core/configmaps/n/c", "u3", {"u1"});
  CHECK(f.advance() == "+a+b+c");
  f.put("core/configmaps/n/b", "u2");
  f.propose(store::erase{"core/configmaps/n/a"});
  f.propose(store::erase{"core/configmaps/n/c"});
  const auto last = f.put("core/configmaps/n/d", "u4");
  f.store.apply_now(store::compact{last});
  CHECK(f.advance() == "-a-c~b+d");
  CHECK(f.cache.owners().dependents("u1").empty());
}

TEST_CASE("informer: the index stands where the view stands") {
  fixture f;
  f.put("core/configmaps/n/a", "owner", {}, true);
  f.put("core/configmaps/n/b", "u2", {"owner", "other"});
  f.put("core/configmaps/n/c", "u3", {"owner"});
  f.advance();
  using keys = std::vector<object_key>;
  const auto before = f.cache.at({});
  CHECK(before.owners().dependents("owner")
        == keys{"core/configmaps/n/b", "core/configmaps/n/c"});
  CHECK(before.owners().dependents("other") == keys{"core/configmaps/n/b"});
  CHECK(before.owners().dependents("owne").empty());
  CHECK(before.owners().deleting("owner") == "core/configmaps/n/a");
  CHECK(before.owners().deleting("u2") == std::nullopt);

  f.put("core/configmaps/n/b", "u2", {"other"});
  f.propose(store::erase{"core/configmaps/n/a"});
  f.advance();
  const auto after = f.cache.at({});
  CHECK(after.owners().dependents("owner") == keys{"core/configmaps/n/c"});
  CHECK(after.owners().deleting("owner") == std::nullopt);
  CHECK(before.owners().dependents("owner").size() == 2);
}

TEST_CASE("snapshot: reads by prefix and by label") {
  fixture f;
  f.put("core/configmaps/n/a", "u1");
  f.put("core/configmaps/n/b", "u2");
  f.put("core/configmaps/o/b", "u3");
  f.advance();
  const auto view = f.cache.at(wall_time{std::chrono::seconds{5}});
  CHECK(view.now() == wall_time{std::chrono::seconds{5}});
  std::vector<object_key> seen;
  view.each("core/configmaps/n/", [&](const auto& key, const auto&) {
    seen.push_back(key);
    return true;
  });
  CHECK(
      seen
      == std::vector<object_key>{"core/configmaps/n/a", "core/configmaps/n/b"});
  const auto selector = meta::label_selector::parse("app=b");
  REQUIRE(selector.has_value());
  CHECK(
      view.select("core/configmaps/", *selector)
      == std::vector<object_key>{"core/configmaps/n/b", "core/configmaps/o/b"});
}

TEST_CASE("snapshot: what is derived of an object lasts as long as it does") {
  fixture f;
  const std::string key = "core/configmaps/n/a";
  int made = 0;
  const auto derive = [&] {
    const auto view = f.cache.at(wall_time{});
    return *view.derive<int>(key, *view.find(key), [&] { return ++made; });
  };
  f.put(key, "u1");
  f.advance();
  CHECK(derive() == 1);
  f.put("core/configmaps/n/b", "u2");
  f.advance();
  CHECK(derive() == 1);
  f.put(key, "u1");
  f.advance();
  CHECK(derive() == 2);
  f.propose(store::erase{key});
  f.put(key, "u3");
  f.advance();
  CHECK(derive() == 3);
}
