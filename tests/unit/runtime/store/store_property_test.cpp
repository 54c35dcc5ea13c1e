#include "runtime/store/store_image.hpp"
#include "tests/unit/runtime/store/store_model.hpp"

#include <catch2/catch.hpp>

#include <random>

using namespace troupe;
using namespace troupe::store;
using namespace troupe::store::test;

namespace {

/// Draws commands over a few keys, so that everything collides.
class dealer {
public:
  explicit dealer(unsigned seed) : random_(seed) {}

  std::size_t below(std::size_t n) {
    return std::uniform_int_distribution<std::size_t>{0, n - 1}(random_);
  }

  key some_key() {
    static const std::vector<key> keys = {
        "core/namespaces/a",   "core/namespaces/b",   "core/configmaps/a/x",
        "core/configmaps/a/y", "core/configmaps/b/x", "core/configmaps/ab/x",
        "apps/deployments/a/z"};
    if (below(3) == 0)
      return "core/pods/a/p" + std::to_string(below(150));
    return keys[below(keys.size())];
  }

  guard some_guard(const store_model& model) {
    switch (below(5)) {
      case 0:
        return key_absent{some_key()};
      case 1: {
        auto k = some_key();
        auto* now = model.at(k, model.applied);
        return key_at_revision{k, now && below(4) ? now->modified
                                                  : revision{below(9)}};
      }
      case 2:
        return key_has_uid{some_key(), "u" + std::to_string(below(2))};
      case 3:
        return key_present{some_key()};
      default:
        return namespace_active{below(2) ? "a" : "b"};
    }
  }

  op some_op() {
    if (below(4) == 0)
      return erase{some_key()};
    columns c;
    c.uid = "u" + std::to_string(below(2));
    c.deleting = below(5) == 0;
    if (below(2))
      c.labels = {{"app", std::to_string(below(2))}};
    return put{some_key(), make_shared_bytes("v" + std::to_string(below(3))),
               c};
  }

  command some_command(const store_model& model) {
    auto kind = below(100);
    if (kind == 0)
      return compact{revision{below(model.applied.value() + 3)}};
    if (kind < 4)
      return raise_fence{"f", revision{below(20)}};
    if (kind < 20 && !past_.empty())
      return past_[below(past_.size())];
    proposal p;
    for (auto& octet : id_)
      if (++octet != 0)
        break;
    p.id = proposal_id{id_};
    if (below(10) == 0)
      p.fence = fence{"f", revision{below(20)}};
    for (auto n = below(4) == 0 ? 1 + below(2) : 0; n > 0; --n)
      p.guards.push_back(some_guard(model));
    for (auto n = below(3) ? 1 : below(5); n > 0; --n)
      p.ops.push_back(some_op());
    past_.push_back(p);
    return p;
  }

private:
  std::mt19937 random_;
  proposal_id::value_type id_{};
  std::vector<command> past_;
};

bool same(const store_model::state* want, const version_ptr& got) {
  if (!want || !got)
    return !want && !got;
  return want->created == got->created && want->modified == got->modified
         && want->by == got->by && want->columns == *got->columns
         && want->value.has_value() == (got->value != nullptr)
         && (!got->value || *want->value == *got->value);
}

void compare_reads(const store_model& model, const store_snapshot& got,
                   revision at) {
  std::map<key, const store_model::state*> want;
  for (auto& [k, unused] : model.history)
    if (auto* s = model.at(k, at))
      want[k] = s;
  std::vector<key> seen;
  got.range({}, {}, at, [&](const key& k, const version_ptr& v) {
    seen.push_back(k);
    REQUIRE(want.contains(k));
    CHECK(same(want[k], v));
    return true;
  });
  CHECK(std::is_sorted(seen.begin(), seen.end()));
  CHECK(seen.size() == want.size());
  for (auto& [k, unused] : model.history)
    CHECK(same(model.at(k, at), got.get(k, at)));
  std::size_t in_prefix = 0;
  got.range("core/configmaps/a/", prefix_end("core/configmaps/a/"), at,
            [&](const key& k, const version_ptr&) {
              CHECK(k.starts_with("core/configmaps/a/"));
              ++in_prefix;
              return true;
            });
  CHECK(in_prefix
        == want.count("core/configmaps/a/x")
               + want.count("core/configmaps/a/y"));
}

void compare_events(const store_model& model, const store_snapshot& got,
                    revision after) {
  auto next = model.log.begin();
  while (next != model.log.end() && next->now.modified <= after)
    ++next;
  got.events(after, [&](const event& e) {
    REQUIRE(next != model.log.end());
    CHECK(e.key == next->key);
    CHECK(same(&next->now, e.now));
    CHECK(same(next->before ? &*next->before : nullptr, e.before));
    ++next;
    return true;
  });
  CHECK(next == model.log.end());
}

void compare(const store_model& model, const store_snapshot& got,
             dealer& deal) {
  REQUIRE(got.applied() == model.applied);
  REQUIRE(got.compacted() == model.compacted);
  auto span = model.applied.value() - model.compacted.value() + 1;
  auto at = model.compacted.plus(deal.below(span));
  compare_reads(model, got, model.applied);
  compare_reads(model, got, at);
  compare_reads(model, got, model.compacted);
  compare_events(model, got, at);
  compare_events(model, got, model.compacted);
}

store_fsm through_image(const store_fsm& fsm, std::size_t cut) {
  bytes image;
  REQUIRE(write_image(*fsm.snapshot(), [&](bytes_view chunk) -> status_result {
    image += chunk;
    return unit{};
  }));
  std::size_t offset = 0;
  auto restored = read_image([&]() -> result<bytes> {
    auto part = image.substr(offset, cut);
    offset += part.size();
    return part;
  });
  REQUIRE(restored.has_value());
  return std::move(*restored);
}

void run_commands(unsigned seed) {
  dealer deal{seed};
  store_model model;
  store_fsm fsm;
  std::shared_ptr<const store_view> old_root;
  std::uint64_t old_hash = 0;
  for (int i = 0; i < 1500; ++i) {
    auto next = deal.some_command(model);
    auto want = model.apply(next);
    auto before = fsm.applied();
    auto got = fsm.apply(next);
    CHECK(got.outcome == want);
    CHECK(got.events.size() == fsm.applied().value() - before.value());
    if (i % 100 == 50) {
      old_root = fsm.snapshot();
      old_hash = state_hash(*old_root);
      compare(model, *old_root, deal);
    }
    if (i % 100 == 99) {
      CHECK(state_hash(*old_root) == old_hash);
      auto restored = through_image(fsm, 1 + deal.below(5000));
      CHECK(state_hash(*restored.snapshot()) == state_hash(*fsm.snapshot()));
      CHECK(restored.bytes_used() == fsm.bytes_used());
      fsm = std::move(restored);
    }
  }
  compare(model, *fsm.snapshot(), deal);
}

} // namespace

TEST_CASE("random commands agree with the model", "[store]") {
  for (unsigned seed = 1; seed <= 12; ++seed) {
    CAPTURE(seed);
    run_commands(seed);
  }
}
