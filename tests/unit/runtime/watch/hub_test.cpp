#include "tests/unit/runtime/watch/watch_objects.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::watch;
using namespace troupe::watch::test;

namespace {

watch_request request(std::string prefix) {
  watch_request out;
  out.prefix = std::move(prefix);
  out.after = store::revision{0};
  return out;
}

} // namespace

TEST_CASE("bookmarks of one moment spread within the jitter", "[watch]") {
  writer store;
  hub_config config;
  watch_hub hub{store.snapshot(), 7, config};
  const auto count = 200u;
  for (std::uint64_t n = 1; n <= count; ++n) {
    auto one = request("core/pods/");
    one.bookmarks = true;
    hub.add(watch_id{n}, std::move(one), mono_time{});
  }
  const auto earliest =
      mono_time{config.bookmark_interval - config.bookmark_jitter};
  CHECK(hub.tick(earliest - duration{1}).sends.empty());
  std::size_t heard = 0;
  for (int step = 0; step <= 6; ++step) {
    const auto now = hub.tick(earliest + step * std::chrono::seconds{1});
    CHECK(now.sends.size() < count / 3);
    heard += now.sends.size();
  }
  CHECK(heard == count);
}

TEST_CASE("equal selections share what they hear", "[watch]") {
  writer store;
  watch_hub hub{store.snapshot(), 1};
  for (std::uint64_t n = 1; n <= 3; ++n)
    hub.add(watch_id{n}, request(n < 3 ? "core/pods/" : "core/pods/a/"),
            mono_time{});
  store.write({put_of("core/pods/a/x", "1"), put_of("core/pods/b/x", "1")});
  const auto out = hub.advance(store.snapshot());
  REQUIRE(out.sends.size() == 3);
  CHECK(out.lists.size() == 2);
  const auto everything = out.sends[0].list == out.sends[1].list ? 0u : 1u;
  CHECK(out.batch(out.sends[everything]).size() == 2);
}

TEST_CASE("a watch that left hears nothing, whoever shared its view",
          "[watch]") {
  writer store;
  watch_hub hub{store.snapshot(), 1};
  for (std::uint64_t n = 1; n <= 4; ++n)
    hub.add(watch_id{n}, request("core/pods/"), mono_time{});
  CHECK(hub.remove(watch_id{2}));
  CHECK_FALSE(hub.remove(watch_id{2}));
  CHECK(hub.remove(watch_id{4}));
  store.write({put_of("core/pods/a/x", "1")});
  std::vector<std::uint64_t> heard;
  for (const auto& send : hub.advance(store.snapshot()).sends)
    heard.push_back(send.to.value());
  CHECK(heard == std::vector<std::uint64_t>{1, 3});
  CHECK(hub.remove(watch_id{1}));
  CHECK(hub.remove(watch_id{3}));
  CHECK(hub.size() == 0);
  store.write({put_of("core/pods/a/x", "2")});
  CHECK(hub.advance(store.snapshot()).sends.empty());
}

TEST_CASE("an older snapshot moves nothing", "[watch]") {
  writer store;
  auto old = store.snapshot();
  store.write({put_of("core/pods/a/x", "1")});
  watch_hub hub{store.snapshot(), 1};
  auto all = request("core/pods/");
  CHECK(hub.add(watch_id{1}, std::move(all), mono_time{}).sends.size() == 1);
  CHECK(hub.advance(old).sends.empty());
  CHECK(hub.applied() == store::revision{1});
  CHECK(hub.advance(store.snapshot()).sends.empty());
}

TEST_CASE("a timeout past the end of time is none", "[watch]") {
  writer store;
  watch_hub hub{store.snapshot(), 1};
  auto one = request("core/pods/");
  one.timeout = duration::max();
  hub.add(watch_id{1}, std::move(one), at_seconds(1));
  CHECK(hub.tick(mono_time::max()).finishes.empty());
  CHECK(hub.size() == 1);
}
