#include "runtime/store/store_fsm.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::store;

namespace {

proposal_id id_of(std::uint8_t n) {
  proposal_id::value_type id{};
  id[0] = n;
  return proposal_id{id};
}

put put_of(key k, std::string value, columns c = {}) {
  return {std::move(k), make_shared_bytes(std::move(value)), std::move(c)};
}

apply_outcome propose(store_fsm& fsm, std::uint8_t id, std::vector<op> ops,
                      std::vector<guard> guards = {},
                      std::optional<fence> fenced = {}) {
  return fsm
      .apply(proposal{
          id_of(id), {}, std::move(fenced), std::move(guards), std::move(ops)})
      .outcome;
}

apply_outcome wrote(std::vector<std::uint64_t> revisions) {
  committed done;
  for (auto r : revisions)
    done.ops.push_back({revision{r}, true});
  return done;
}

apply_outcome stood_at(std::uint64_t at) {
  return committed{{{revision{at}, false}}};
}

} // namespace

TEST_CASE("each op that writes gets the next revision", "[store]") {
  store_fsm fsm;
  CHECK(propose(fsm, 1, {put_of("a", "1"), put_of("b", "1")}) == wrote({1, 2}));
  CHECK(propose(fsm, 2, {put_of("a", "1")}) == stood_at(1));
  CHECK(propose(fsm, 3, {erase{"c"}}) == stood_at(0));
  CHECK(propose(fsm, 4, {erase{"a"}, put_of("a", "1")}) == wrote({3, 4}));
  auto root = fsm.snapshot();
  CHECK(root->get("a")->created == revision{4});
  CHECK(root->size() == 2);
}

TEST_CASE("changed columns alone are a write that shares the value",
          "[store]") {
  store_fsm fsm;
  propose(fsm, 1, {put_of("a", "1")});
  auto first = fsm.snapshot()->get("a");
  columns labelled;
  labelled.labels = {{"app", "web"}};
  CHECK(propose(fsm, 2, {put_of("a", "1", labelled)}) == wrote({2}));
  auto second = fsm.snapshot()->get("a");
  CHECK(second->value == first->value);
  CHECK(*second->columns == labelled);
  CHECK(propose(fsm, 3, {put_of("a", "2", labelled)}) == wrote({3}));
  CHECK(fsm.snapshot()->get("a")->columns == second->columns);
}

TEST_CASE("guards", "[store]") {
  columns plain;
  plain.uid = "u1";
  auto leaving = plain;
  leaving.deleting = true;
  struct row {
    const char* name;
    guard given;
    bool holds;
    std::uint64_t standing;
  };
  const row rows[] = {
      {"absent of absent", key_absent{"z"}, true, 0},
      {"absent of present", key_absent{"a"}, false, 1},
      {"absent of deleted", key_absent{"d"}, true, 0},
      {"revision equal", key_at_revision{"a", revision{1}}, true, 1},
      {"revision old", key_at_revision{"b", revision{1}}, false, 2},
      {"revision of absent", key_at_revision{"z", revision{1}}, false, 0},
      {"revision 0 of absent", key_at_revision{"z", revision{0}}, false, 0},
      {"uid equal", key_has_uid{"a", "u1"}, true, 1},
      {"uid other", key_has_uid{"a", "u2"}, false, 1},
      {"uid of absent", key_has_uid{"z", "u1"}, false, 0},
      {"present", key_present{"a"}, true, 1},
      {"present of deleted", key_present{"d"}, false, 0},
      {"namespace active", namespace_active{"on"}, true, 5},
      {"namespace deleting", namespace_active{"off"}, false, 6},
      {"namespace absent", namespace_active{"none"}, false, 0},
  };
  for (auto& [name, given, holds, standing] : rows) {
    CAPTURE(name);
    store_fsm fsm;
    propose(fsm, 1,
            {put_of("a", "1", plain), put_of("b", "1"), put_of("d", "1"),
             erase{"d"}, put_of("core/namespaces/on", "", plain),
             put_of("core/namespaces/off", "", leaving)});
    auto got = propose(fsm, 2, {put_of("new", "1")}, {key_absent{"y"}, given});
    if (holds)
      CHECK(got == wrote({7}));
    else
      CHECK(got == apply_outcome{guard_failed{1, revision{standing}}});
    CHECK((fsm.snapshot()->get("new") != nullptr) == holds);
  }
}

TEST_CASE("a repeated proposal finds its first outcome", "[store]") {
  store_fsm fsm;
  auto create = [&] {
    return propose(fsm, 1, {put_of("a", "1")}, {key_absent{"a"}},
                   fence{"f", revision{1}});
  };
  CHECK(create() == wrote({1}));
  auto mixed = [&] {
    return propose(fsm, 2, {put_of("a", "1"), put_of("b", "1"), erase{"z"}});
  };
  auto first = mixed();
  CHECK(
      first
      == apply_outcome{committed{
          {{revision{1}, false}, {revision{2}, true}, {revision{0}, false}}}});
  propose(fsm, 3, {put_of("a", "2"), erase{"b"}});
  fsm.apply(raise_fence{"f", revision{9}});
  CHECK(create() == wrote({1}));
  CHECK(mixed() == first);
  CHECK(fsm.applied() == revision{4});

  fsm.apply(compact{revision{1}});
  CHECK(mixed() == first);
  CHECK(create() == apply_outcome{fenced_off{revision{9}}});
}

TEST_CASE("after compaction a standing version tells a repeat", "[store]") {
  store_fsm fsm;
  propose(fsm, 1, {put_of("a", "1")});
  propose(fsm, 2, {put_of("b", "1")});
  fsm.apply(compact{revision{2}});
  CHECK(propose(fsm, 1, {put_of("a", "1")})
        == apply_outcome{outcome_compacted{}});
  CHECK(fsm.applied() == revision{2});
}

TEST_CASE("a refused proposal leaves no trace and is evaluated anew",
          "[store]") {
  store_fsm fsm;
  auto update = [&] {
    return propose(fsm, 1, {put_of("a", "2")}, {key_present{"a"}});
  };
  CHECK(update() == apply_outcome{guard_failed{0, revision{0}}});
  propose(fsm, 2, {put_of("a", "1")});
  CHECK(update() == wrote({2}));
  CHECK(update() == wrote({2}));
}

TEST_CASE("fences", "[store]") {
  store_fsm fsm;
  auto write = [&](std::uint8_t id, std::uint64_t epoch) {
    return propose(fsm, id, {put_of("a", std::to_string(id))}, {},
                   fence{"f", revision{epoch}});
  };
  auto raise = [&](std::uint64_t epoch) {
    return fsm.apply(raise_fence{"f", revision{epoch}}).outcome;
  };
  apply_outcome off{fenced_off{revision{5}}};
  CHECK(write(1, 3) == wrote({1}));
  CHECK(raise(5) == apply_outcome{committed{}});
  CHECK(raise(5) == apply_outcome{committed{}});
  CHECK(raise(4) == off);
  CHECK(write(2, 4) == off);
  CHECK(write(3, 5) == wrote({2}));
  CHECK(write(4, 6) == wrote({3}));
  CHECK(fsm.snapshot()->fence("f") == revision{5});
  CHECK(fsm.snapshot()->fence("g") == revision{0});
}

TEST_CASE("compaction keeps what later reads need", "[store]") {
  store_fsm fsm;
  propose(fsm, 1, {put_of("a", "1")});
  propose(fsm, 2, {put_of("a", "2")});
  propose(fsm, 3, {put_of("b", "1")});
  propose(fsm, 4, {erase{"b"}});
  propose(fsm, 5, {put_of("a", "3")});
  auto before = fsm.snapshot();
  auto bytes = fsm.bytes_used();

  fsm.apply(compact{revision{3}});
  auto root = fsm.snapshot();
  CHECK(root->gap(revision{2}) == read_gap::compacted);
  CHECK(root->gap(revision{6}) == read_gap::future);
  CHECK_FALSE(root->gap(revision{3}).has_value());
  CHECK(*root->get("a", revision{3})->value == "2");
  CHECK(root->get("b", revision{3}) != nullptr);
  CHECK(root->get("b", revision{4}) == nullptr);
  CHECK(fsm.bytes_used() < bytes);
  CHECK(*before->get("a", revision{1})->value == "1");

  fsm.apply(compact{revision{2}});
  CHECK(fsm.compacted() == revision{3});
  fsm.apply(compact{revision{99}});
  CHECK(fsm.compacted() == revision{5});
  CHECK(*fsm.snapshot()->get("a", revision{5})->value == "3");
}

TEST_CASE("deleting everything and compacting frees every octet", "[store]") {
  store_fsm fsm;
  columns c;
  c.uid = "u";
  c.owner_uids = {"o"};
  c.fields = {{"metadata.name", "a"}};
  propose(fsm, 1, {put_of("a", "1", c), put_of("b", "2"), erase{"a"}});
  propose(fsm, 2, {put_of("a", "1", c), erase{"b"}, erase{"a"}});
  CHECK(fsm.bytes_used() > 0);
  fsm.apply(compact{fsm.applied()});
  CHECK(fsm.bytes_used() == 0);
}

TEST_CASE("prefix_end", "[store]") {
  CHECK(prefix_end("a/") == "a0");
  CHECK(prefix_end("a\xff") == "b");
  CHECK(prefix_end("\xff\xff").empty());
  CHECK(prefix_end("").empty());
}
