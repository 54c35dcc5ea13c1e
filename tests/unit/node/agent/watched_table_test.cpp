#include "node/agent/watched_table.hpp"
#include "tests/unit/node/agent/objects.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::agent;
using api_call::event_type;

namespace {

api_call::watch_event about(event_type type, const std::string& uid,
                            std::uint64_t revision) {
  return {type, revision, false,
          test::shared_object("Pod", R"({"metadata":{"uid":")" + uid
                                         + R"(","resourceVersion":")"
                                         + std::to_string(revision)
                                         + R"("}})")};
}

api_call::watch_event added(const std::string& uid, std::uint64_t revision) {
  return about(event_type::added, uid, revision);
}

api_call::watch_event deleted(const std::string& uid, std::uint64_t revision) {
  return about(event_type::deleted, uid, revision);
}

api_call::watch_event mark(std::uint64_t revision, bool initial_end = false) {
  return {event_type::bookmark, revision, initial_end, nullptr};
}

/// "+a -b": b is gone.
std::string told(const std::vector<object_change>& changes) {
  std::string out;
  for (const auto& each : changes) {
    REQUIRE(each.object);
    out += (out.empty() ? "" : " ") + std::string{each.gone ? "-" : "+"}
           + each.uid;
  }
  return out;
}

std::string kept(const watched_table& table) {
  std::string out;
  for (const auto& each : table.objects())
    out += (out.empty() ? "" : " ") + each.first;
  return out;
}

} // namespace

TEST_CASE("a beginning resumes from where its end was", "[agent]") {
  watched_table table;
  CHECK_FALSE(table.resume_after());
  CHECK(told(table.apply({added("a", 3), added("b", 5)})) == "+a +b");
  CHECK_FALSE(table.complete());
  CHECK_FALSE(table.resume_after());
  CHECK(table.apply({mark(9, true)}).empty());
  CHECK(table.complete());
  CHECK(table.resume_after() == 9u);
  CHECK(told(table.apply({about(event_type::modified, "a", 11),
                          deleted("b", 12), added("c", 13)}))
        == "+a -b +c");
  CHECK(table.resume_after() == 13u);
  CHECK(kept(table) == "a c");
}

TEST_CASE("bookmarks move the place to resume from", "[agent]") {
  watched_table table;
  table.apply({mark(4, true)});
  table.apply({mark(20)});
  CHECK(table.resume_after() == 20u);
  table.ended("the server left");
  CHECK(table.resume_after() == 20u);
  CHECK(told(table.apply({added("a", 21)})) == "+a");
  CHECK(table.resume_after() == 21u);
}

TEST_CASE("the place to resume from never goes back", "[agent]") {
  watched_table table;
  table.apply({mark(9, true), mark(7)});
  CHECK(table.resume_after() == 9u);
}

TEST_CASE("expired history begins anew and sweeps what is gone", "[agent]") {
  watched_table table;
  table.apply({added("a", 1), added("b", 2), added("c", 3), mark(3, true)});
  table.ended(api_call::expired);
  CHECK_FALSE(table.resume_after());
  CHECK(table.complete());
  CHECK(kept(table) == "a b c");
  CHECK(told(table.apply({added("b", 2), added("d", 40)})) == "+b +d");
  CHECK_FALSE(table.resume_after());
  CHECK(told(table.apply({mark(41, true)})) == "-a -c");
  CHECK(kept(table) == "b d");
  CHECK(table.resume_after() == 41u);
}

TEST_CASE("a beginning that broke off is begun anew", "[agent]") {
  watched_table table;
  table.apply({added("a", 1)});
  table.ended("lost");
  CHECK_FALSE(table.resume_after());
  CHECK_FALSE(table.complete());
  // What the broken beginning showed does not count for the next one.
  CHECK(told(table.apply({added("b", 2), mark(3, true)})) == "+b -a");
  CHECK(table.complete());
}

TEST_CASE("a new beginning that broke off sweeps nothing", "[agent]") {
  watched_table table;
  table.apply({added("a", 1), added("b", 2), mark(2, true)});
  table.ended(api_call::expired);
  table.apply({added("a", 1)});
  table.ended("lost");
  CHECK(kept(table) == "a b");
  CHECK(told(table.apply({added("a", 1), added("b", 2), mark(5, true)}))
        == "+a +b");
}

TEST_CASE("an object deleted during a beginning is told once", "[agent]") {
  watched_table table;
  table.apply({added("a", 1), mark(1, true)});
  table.ended(api_call::expired);
  CHECK(told(table.apply({added("a", 1), deleted("a", 2), mark(3, true)}))
        == "+a -a");
  CHECK(kept(table).empty());
}

TEST_CASE("a beginning that is asked for counts anew", "[agent]") {
  watched_table table;
  table.apply({added("a", 3), added("b", 5), mark(9, true)});
  table.begin_anew();
  CHECK_FALSE(table.resume_after());
  CHECK_FALSE(table.complete());
  CHECK(told(table.apply({added("a", 3)})) == "+a");
  CHECK(kept(table) == "a b");
  CHECK(told(table.apply({mark(12, true)})) == "-b");
  CHECK(table.complete());
  CHECK(table.resume_after() == 12);
}
