#include "runtime/store/store_image.hpp"
#include "tests/unit/messages/protocol/golden.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::store;

namespace {

bytes image_of(const store_fsm& fsm) {
  bytes image;
  REQUIRE(write_image(*fsm.snapshot(), [&](bytes_view chunk) -> status_result {
    image += chunk;
    return unit{};
  }));
  return image;
}

result<store_fsm> read_whole(bytes image) {
  return read_image(
      [&]() -> result<bytes> { return std::exchange(image, {}); });
}

store_fsm example() {
  store_fsm fsm;
  for (std::uint8_t n = 1; n <= 9; ++n) {
    proposal_id::value_type id{};
    id[0] = n;
    proposal p;
    p.id = proposal_id{id};
    auto key = "k" + std::to_string(n % 3);
    if (n == 7)
      p.ops = {erase{key}};
    else
      p.ops = {
          put{key, make_shared_bytes("value"), {.uid = std::string(n, 'u')}}};
    fsm.apply(std::move(p));
  }
  fsm.apply(raise_fence{"gc", revision{4}});
  fsm.apply(compact{revision{5}});
  return fsm;
}

} // namespace

TEST_CASE("images have the octets of their version for ever", "[store]") {
  auto made = image_of(example());
  auto want = troupe::test::golden("store/image_v1.hex", made);
  CHECK(troupe::test::to_hex(made) == troupe::test::to_hex(want));
  auto restored = read_whole(want);
  REQUIRE(restored.has_value());
  CHECK(image_of(*restored) == want);
}

TEST_CASE("every damaged octet of an image is noticed", "[store]") {
  auto image = image_of(example());
  REQUIRE(read_whole(image).has_value());
  for (std::size_t i = 0; i < image.size(); ++i) {
    CAPTURE(i);
    auto damaged = image;
    damaged[i] = static_cast<char>(damaged[i] ^ 0x41);
    CHECK_FALSE(read_whole(damaged).has_value());
    CHECK_FALSE(read_whole(image.substr(0, i)).has_value());
  }
  CHECK_FALSE(read_whole(image + image).has_value());
}

TEST_CASE("an empty store has an image", "[store]") {
  auto restored = read_whole(image_of(store_fsm{}));
  REQUIRE(restored.has_value());
  CHECK(restored->applied() == revision{});
}

TEST_CASE("large stores are written in chunks", "[store]") {
  store_fsm fsm;
  proposal p;
  p.id = proposal_id{{1}};
  for (int i = 0; i < 40; ++i)
    p.ops.push_back(
        put{"k" + std::to_string(i), make_shared_bytes(bytes(50000, 'x')), {}});
  fsm.apply(std::move(p));
  std::vector<bytes> chunks;
  REQUIRE(write_image(*fsm.snapshot(), [&](bytes_view chunk) -> status_result {
    chunks.emplace_back(chunk);
    return unit{};
  }));
  CHECK(chunks.size() > 5);
  for (auto& chunk : chunks)
    CHECK(chunk.size() < image_chunk_size + 60000);
}

TEST_CASE("a failing sink or source ends the transfer", "[store]") {
  error full{errc::no_space, "full"};
  auto written = write_image(*example().snapshot(),
                             [&](bytes_view) -> status_result { return full; });
  REQUIRE_FALSE(written.has_value());
  CHECK(written.error() == full);
  auto read = read_image([&]() -> result<bytes> { return full; });
  REQUIRE_FALSE(read.has_value());
  CHECK(read.error() == full);
}
