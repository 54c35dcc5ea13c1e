#include "bootstrap/process/identity.hpp"
#include "bootstrap/process/run_file.hpp"

#include <catch2/catch.hpp>
#include <unistd.h>

using namespace troupe;
using namespace troupe::process;

namespace {

const std::string rest = " 1 7 7 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 4242 0";

} // namespace

TEST_CASE("a stat line is read past any command name") {
  for (const std::string name : {"(troupe)", "(a b)", "(x) S 1 (y)", "())"}) {
    const auto line = parse_stat("7 " + name + " S" + rest);
    INFO(name);
    REQUIRE(line);
    CHECK(line->state == 'S');
    CHECK(line->start_ticks == 4242);
  }
  for (const std::string bad : {"", "7", "7 (troupe)", "7 (troupe) S 1 2"})
    CHECK_FALSE(parse_stat(bad));
}

TEST_CASE("a recycled pid is another process") {
  const auto self = identify(getpid());
  REQUIRE(self);
  CHECK(is_alive(*self));
  CHECK(uptime(*self));
  auto earlier = *self;
  --earlier.start_ticks;
  CHECK_FALSE(is_alive(earlier));
  CHECK_FALSE(uptime(earlier));
  CHECK_FALSE(open_process(earlier));
  auto before_reboot = *self;
  before_reboot.boot_id = "6f4a1f6e-0000-4000-8000-000000000000";
  CHECK_FALSE(is_alive(before_reboot));
  // Ending what has ended touches nobody: this test goes on.
  CHECK(end_process(earlier, std::chrono::seconds{1}));
  CHECK_FALSE(identify(0));
  CHECK_FALSE(identify(-1));
}

TEST_CASE("a run record survives its file") {
  const run_record before{
      {12, 345, "boot"},
      {{"bus", "bus", identity{13, 346, "boot"}, 2, "exit code 1"},
       {"s1", "server", std::nullopt, 0, ""}}};
  const auto after = parse_run_record(to_json(before));
  REQUIRE(after);
  CHECK(*after == before);
  CHECK(after->find("bus")->restarts == 2);
  CHECK(after->find("n1") == nullptr);
}

TEST_CASE("damaged run records are refused") {
  const std::string self =
      R"("supervisor":{"pid":1,"startTicks":1,"bootId":"b"})";
  const auto record = [&](const std::string& processes) {
    return "{\"version\":2," + self + ",\"processes\":" + processes + "}";
  };
  const std::string process =
      R"("name":"a","kind":"b","restarts":0,"lastEnd":"")";
  std::string many = "[{" + process + "}";
  for (std::size_t i = 1; i < processes_max; ++i)
    many += ",{" + process + "}";
  for (const auto& good :
       {record("[]"), record("[{" + process + "}]"),
        record("[{" + process + ",\"running\":null}]"), record(many + "]")})
    CHECK(parse_run_record(good));
  for (const auto& bad : {
           std::string{},
           std::string{"[]"},
           std::string{"{}"},
           std::string{R"({"version":2})"},
           "{\"version\":1," + self + ",\"processes\":[]}",
           "{\"version\":2," + self + "}",
           std::string{R"({"version":2,"supervisor":{},"processes":[]})"},
           std::string{R"({"version":2,"supervisor":{"pid":2147483648,)"
                       R"("startTicks":1,"bootId":"b"},"processes":[]})"},
           std::string{R"({"version":2,"supervisor":{"pid":-1,)"
                       R"("startTicks":1,"bootId":"b"},"processes":[]})"},
           record("{}"),
           record("[7]"),
           record(R"([{"name":"a"}])"),
           record(R"([{"name":7,"kind":"b","restarts":0,"lastEnd":""}])"),
           record(R"([{"name":"a","kind":"b","restarts":-1,"lastEnd":""}])"),
           record("[{" + process + ",\"running\":7}]"),
           record("[{" + process + ",\"running\":{\"pid\":1}}]"),
           record(many + ",{" + process + "}]"),
           record("[]").substr(0, 40),
       }) {
    INFO(bad.substr(0, 200));
    CHECK_FALSE(parse_run_record(bad));
  }
}
