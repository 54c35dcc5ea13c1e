#include "actors/controllers/endpoints/subsets.hpp"

#include <catch2/catch.hpp>

using namespace troupe::controllers::endpoints;

namespace {

member pod(int number, bool ready, std::vector<port> ports) {
  char ip[16];
  std::snprintf(ip, sizeof ip, "10.%03d", number);
  return {{ip, "u", "ns", "p", "n", ""}, ready, std::move(ports)};
}

const port http{"http", 80, "TCP", {}};
const port raw{"raw", 81, "UDP", {}};

/// "80,81:2+1 " for each subset: ports, ready and not.
std::string shown(const std::vector<subset>& subsets) {
  std::string out;
  for (const auto& one : subsets) {
    std::string ports;
    for (const auto& port : one.ports)
      ports += (ports.empty() ? "" : ",") + std::to_string(port.number);
    out += ports + ":" + std::to_string(one.ready.size()) + "+"
           + std::to_string(one.not_ready.size()) + " ";
  }
  return out;
}

std::vector<member> many(int first, int count, bool ready,
                         const std::vector<port>& ports) {
  std::vector<member> out;
  for (int i = first; i < first + count; ++i)
    out.push_back(pod(i, ready, ports));
  return out;
}

} // namespace

TEST_CASE("subsets: ports that the same addresses answer on stand together") {
  CHECK(pack({}).empty());
  CHECK(shown(pack({pod(1, true, {http, raw}), pod(2, false, {http, raw})}))
        == "80,81:1+1 ");
  CHECK(shown(pack({pod(1, true, {http}), pod(2, true, {raw})}))
        == "80:1+0 81:1+0 ");
  // The same addresses, but not in the same state.
  CHECK(shown(pack({pod(1, true, {http}), pod(1, false, {raw})}))
        == "81:0+1 80:1+0 ");
  CHECK(shown(pack({pod(1, true, {}), pod(2, false, {})})) == ":1+1 ");
}

TEST_CASE("subsets: no more than a thousand, the ready before others") {
  struct row {
    std::size_t ready;
    std::size_t not_ready;
    bool cut;
    const char* want;
  };
  const row rows[] = {
      {1000, 0, false, "80:1000+0 "},  {600, 400, false, "80:600+400 "},
      {600, 401, true, "80:600+400 "}, {1001, 5, true, "80:1000+0 "},
      {0, 1200, true, "80:0+1000 "},
  };
  for (const auto& [ready, not_ready, cut, want] : rows) {
    auto all = many(0, static_cast<int>(ready), true, {http});
    for (auto& one : many(5000, static_cast<int>(not_ready), false, {http}))
      all.push_back(std::move(one));
    auto subsets = pack(all);
    CHECK(truncate(subsets) == cut);
    CHECK(shown(subsets) == want);
  }
}

TEST_CASE("subsets: each gives its share when there are too many") {
  auto all = many(0, 900, true, {http});
  for (auto& one : many(2000, 300, true, {raw}))
    all.push_back(std::move(one));
  auto subsets = pack(all);
  CHECK(truncate(subsets));
  CHECK(shown(subsets) == "80:750+0 81:250+0 ");
}
