#include "messages/codec/print/human_duration.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace std::chrono_literals;

TEST_CASE("spans of time read as in Kubernetes' tables") {
  constexpr auto day = 24h;
  constexpr auto year = 365 * day;
  struct row {
    duration given;
    std::string_view want;
  };
  const row rows[] = {
      {-3s, "<invalid>"},
      {-2s, "<invalid>"},
      {-1999ms, "0s"},
      {-1s, "0s"},
      {-1ns, "0s"},
      {0s, "0s"},
      {999ms, "0s"},
      {1s, "1s"},
      {5s, "5s"},
      {119s, "119s"},
      {120s, "2m"},
      {123s, "2m3s"},
      {9min + 59s, "9m59s"},
      {10min, "10m"},
      {10min + 59s, "10m"},
      {179min + 59s, "179m"},
      {3h, "3h"},
      {3h + 5min, "3h5m"},
      {3h + 59s, "3h"},
      {7h + 59min + 59s, "7h59m"},
      {8h, "8h"},
      {8h + 59min, "8h"},
      {47h + 59min, "47h"},
      {48h, "2d"},
      {49h, "2d1h"},
      {48h + 59min, "2d"},
      {7 * day + 23h, "7d23h"},
      {8 * day, "8d"},
      {8 * day + 23h, "8d"},
      {45 * day, "45d"},
      {2 * year - 1s, "729d"},
      {2 * year, "2y"},
      {2 * year + 3 * day, "2y3d"},
      {2 * year + 23h, "2y"},
      {8 * year - 1s, "7y364d"},
      {8 * year, "8y"},
      {9 * year + 364 * day, "9y"},
      {100 * year, "100y"},
  };
  for (auto& [given, want] : rows) {
    INFO(given.count() << " ns");
    CHECK(codec::human_duration(given) == want);
  }
}
