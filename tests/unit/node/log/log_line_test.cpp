#include "node/log/log_line.hpp"
#include "node/log/log_reader.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::container_log;
using namespace std::chrono_literals;

TEST_CASE("records are read") {
  struct row {
    const char* record;
    duration time;
    stream from;
    bool partial;
    const char* text;
  };
  constexpr auto out = stream::standard_output;
  constexpr auto err = stream::standard_error;
  const auto it = GENERATE(values<row>({
      {"1970-01-01T00:00:01.000000002Z stdout F hello", 1000000002ns, out,
       false, "hello"},
      {"1970-01-01T00:00:01Z stderr P a  b ", 1s, err, true, "a  b "},
      {"1970-01-01T01:00:01+01:00 stdout F:x:y z", 1s, out, false, "z"},
      {"1970-01-01T00:00:00Z stdout P:x z", 0s, out, true, "z"},
      {"1970-01-01T00:00:00Z stdout F ", 0s, out, false, ""},
      {"1970-01-01T00:00:00Z stdout X z", 0s, out, false, "z"},
  }));
  CAPTURE(it.record);
  const auto line = parse_line(it.record);
  REQUIRE(line);
  CHECK(line->time.time_since_epoch() == it.time);
  CHECK(line->from == it.from);
  CHECK(line->partial == it.partial);
  CHECK(line->text == it.text);
}

TEST_CASE("what is no record is not read") {
  const auto record = GENERATE(values<const char*>(
      {"", " ", "hello", "   ", "1970-01-01T00:00:01Z stdout F",
       "1970-01-01T00:00:01Z stdin F x", "1970-01-01 stdout F x",
       "yesterday stdout F x", "1970-01-01T00:00:01Z  stdout F x"}));
  CAPTURE(record);
  CHECK_FALSE(parse_line(record));
}

TEST_CASE("times print with nine digits") {
  CHECK(format_log_time(wall_time{}) == "1970-01-01T00:00:00.000000000Z");
  CHECK(format_log_time(wall_time{1000000020ns})
        == "1970-01-01T00:00:01.000000020Z");
  CHECK(format_log_time(wall_time{-1ns}) == "1969-12-31T23:59:59.999999999Z");
}

TEST_CASE("logs lie where others look for them") {
  CHECK(pod_directory("/var/log/pods", "default", "web-0", "1-2")
        == "/var/log/pods/default_web-0_1-2");
  CHECK(file_name(3) == "3.log");
}
