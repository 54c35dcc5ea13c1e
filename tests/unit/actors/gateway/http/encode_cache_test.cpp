#include "actors/gateway/http/encode_cache.hpp"
#include "messages/schema/registry.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::gateway;

namespace {

store::version_ptr make_version() {
  return std::make_shared<const store::version>();
}

const schema::resource_desc& config_maps() {
  return *schema::find_resource("", "v1", "configmaps");
}

} // namespace

TEST_CASE("an object is encoded once for each revision and form") {
  encode_cache cache{1 << 20};
  int encoded = 0;
  const auto encode = [&] {
    ++encoded;
    return make_shared_bytes("text");
  };
  const auto one = make_version();
  const store::revision at{7};
  const auto first =
      cache.get(one, at, config_maps(), cached_form::object, encode);
  CHECK(cache.get(one, at, config_maps(), cached_form::object, encode)
        == first);
  CHECK(encoded == 1);
  cache.get(one, at.next(), config_maps(), cached_form::object, encode);
  cache.get(one, at, config_maps(), cached_form::partial_v1, encode);
  cache.get(make_version(), at, config_maps(), cached_form::object, encode);
  CHECK(encoded == 4);
  CHECK(cache.count().hits == 1);
  CHECK(cache.count().misses == 4);
}

TEST_CASE("the least recently used text goes first") {
  const std::string text(72, 'x');
  encode_cache cache{3 * (72 + encode_cache::entry_overhead)};
  int encoded = 0;
  const auto encode = [&] {
    ++encoded;
    return make_shared_bytes(text);
  };
  const store::revision at{1};
  std::vector<store::version_ptr> all;
  for (int i = 0; i < 4; ++i)
    all.push_back(make_version());
  for (int i = 0; i < 3; ++i)
    cache.get(all[i], at, config_maps(), cached_form::object, encode);
  cache.get(all[0], at, config_maps(), cached_form::object, encode);
  cache.get(all[3], at, config_maps(), cached_form::object, encode);
  REQUIRE(encoded == 4);
  cache.get(all[0], at, config_maps(), cached_form::object, encode);
  CHECK(encoded == 4);
  cache.get(all[1], at, config_maps(), cached_form::object, encode);
  CHECK(encoded == 5);
  CHECK(cache.count().size == 3 * (72 + encode_cache::entry_overhead));
  CHECK(all[2].use_count() == 1);
}

TEST_CASE("what cannot be encoded or is too large is not kept") {
  encode_cache cache{64};
  const auto one = make_version();
  const store::revision at{1};
  CHECK(cache.get(one, at, config_maps(), cached_form::object, [] {
    return nullptr;
  }) == nullptr);
  CHECK(cache.get(one, at, config_maps(), cached_form::object, [] {
    return make_shared_bytes("text");
  }) != nullptr);
  CHECK(cache.count().size == 0);
  CHECK(one.use_count() == 1);
}
