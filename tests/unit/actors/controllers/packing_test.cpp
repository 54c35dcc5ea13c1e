#include "actors/controllers/endpoint_slice/packing.hpp"
#include "runtime/base/prng.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace troupe;
using namespace troupe::controllers::endpoint_slice;

namespace {

using fate = packing::fate;

endpoint pod(std::size_t number, bool ready = true) {
  endpoint out;
  out.addresses = {"10.244.0." + std::to_string(number)};
  out.ready = ready;
  out.ns = "ns";
  out.name = "p" + std::to_string(number);
  return out;
}

packed_slice slice(std::size_t from, std::size_t to) {
  packed_slice out;
  for (; from < to; ++from)
    out.endpoints.push_back(pod(from));
  return out;
}

endpoint_set pods(std::size_t from, std::size_t to) {
  endpoint_set out;
  for (; from < to; ++from)
    out.emplace(pod(from).identity(), pod(from));
  return out;
}

/// "100 -50 +3": kept, written, removed "x" and created slices.
std::string shown(const packing& what) {
  std::string out;
  for (std::size_t i = 0; i < what.fates.size(); ++i) {
    const auto size = std::to_string(what.contents[i].size());
    out += what.fates[i] == fate::keep     ? "=" + size
           : what.fates[i] == fate::remove ? "x"
                                           : "~" + size;
    out += " ";
  }
  for (const auto& one : what.created)
    out += "+" + std::to_string(one.size()) + " ";
  return out;
}

} // namespace

TEST_CASE("packing: as few slices change as can be") {
  struct row {
    const char* name;
    std::vector<packed_slice> slices;
    endpoint_set wanted;
    const char* want;
  };
  auto unlabelled = slice(0, 5);
  unlabelled.outdated = true;
  auto one_unready = pods(0, 150);
  one_unready[pod(120).identity()].ready = false;
  const row rows[] = {
      {"nothing", {}, {}, ""},
      {"the first", {}, pods(0, 1), "+1 "},
      {"more than one slice", {}, pods(0, 250), "+100 +100 +50 "},
      {"as it is", {slice(0, 100), slice(100, 150)}, pods(0, 150), "=100 =50 "},
      {"one in another state",
       {slice(0, 100), slice(100, 150)},
       one_unready,
       "=100 ~50 "},
      {"one more", {slice(0, 100), slice(100, 150)}, pods(0, 151), "=100 ~51 "},
      {"one more, into the fullest that has room",
       {slice(0, 20), slice(20, 90), slice(90, 120)},
       pods(0, 121),
       "=20 ~71 =30 "},
      {"too many for any one slice",
       {slice(0, 60), slice(60, 120)},
       pods(0, 170),
       "=60 =60 +50 "},
      {"what is written anyway is filled up",
       {slice(0, 60), slice(60, 120)},
       pods(1, 122),
       "~61 =60 "},
      {"other labels", {unlabelled}, pods(0, 5), "~5 "},
      {"all gone", {slice(0, 5), slice(5, 9)}, pods(0, 5), "=5 x "},
      {"the last gone", {slice(0, 5)}, {}, "x "},
  };
  for (const auto& [name, slices, wanted, want] : rows) {
    CAPTURE(name);
    CHECK(shown(pack(slices, wanted)) == want);
  }
}

TEST_CASE("packing: everybody is in one slice, and then it is quiet") {
  prng random{1};
  std::vector<packed_slice> slices;
  for (int round = 0; round < 300; ++round) {
    endpoint_set wanted;
    const auto count = random.below(320);
    for (std::uint64_t i = 0; i < count; ++i) {
      const auto one = pod(random.below(400), random.chance(80));
      wanted.emplace(one.identity(), one);
    }
    const auto what = pack(slices, wanted);
    std::vector<packed_slice> next;
    for (std::size_t i = 0; i < slices.size(); ++i) {
      if (what.fates[i] == fate::keep)
        CHECK(what.contents[i] == slices[i].endpoints);
      if (what.fates[i] != fate::remove)
        next.push_back({what.contents[i], false});
    }
    for (const auto& one : what.created)
      next.push_back({one, false});
    endpoint_set got;
    std::size_t in_all = 0;
    for (const auto& one : next) {
      CHECK(one.endpoints.size() <= endpoints_per_slice_max);
      CHECK_FALSE(one.endpoints.empty());
      in_all += one.endpoints.size();
      for (const auto& each : one.endpoints)
        got.emplace(each.identity(), each);
    }
    CHECK(in_all == wanted.size());
    CHECK(got == wanted);
    slices = std::move(next);
    const auto again = pack(slices, wanted);
    CHECK(again.created.empty());
    CHECK(std::ranges::all_of(again.fates,
                              [](fate one) { return one == fate::keep; }));
  }
}
