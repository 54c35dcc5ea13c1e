#include "runtime/control/revision_barrier.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::control;
using store::revision;
using keys = std::vector<object_key>;

TEST_CASE("barrier: keys go on when the view covers their writes") {
  revision_barrier barrier;
  barrier.wait_for("a", revision{7});
  barrier.wait_for("b", revision{5});
  barrier.wait_for("c", revision{5});
  CHECK(barrier.applied(revision{4}).empty());
  CHECK(barrier.applied(revision{6}) == keys{"b", "c"});
  CHECK(barrier.applied(revision{7}) == keys{"a"});
  CHECK(barrier.applied(revision{9}).empty());
}

TEST_CASE("barrier: a key that wrote nothing goes on at once") {
  revision_barrier barrier;
  barrier.wait_for("a", revision{});
  CHECK(barrier.applied(revision{}) == keys{"a"});
}

TEST_CASE("barrier: one read at a time, for those that waited before it") {
  revision_barrier barrier;
  CHECK_FALSE(barrier.start_read());
  barrier.wait_for_read("a");
  barrier.wait_for_read("b");
  CHECK(barrier.start_read());
  barrier.wait_for_read("c");
  CHECK_FALSE(barrier.start_read());
  CHECK(barrier.end_read() == keys{"a", "b"});
  CHECK(barrier.start_read());
  CHECK(barrier.end_read() == keys{"c"});
  CHECK_FALSE(barrier.start_read());
}
