#include "runtime/bus/stream_fsm.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::bus;

namespace {

mono_time at(double seconds) {
  return mono_time{
      duration{static_cast<std::int64_t>(seconds * 1'000'000'000)}};
}

stream_frame frame(frame_kind kind, std::uint64_t sequence = 0, bytes data = {},
                   std::uint64_t consumed = 0) {
  stream_frame out;
  out.kind = kind;
  out.sequence = sequence;
  out.data = std::move(data);
  out.consumed = consumed;
  return out;
}

/// An opener that was accepted at second 0.
stream_fsm opened() {
  stream_effects out;
  auto fsm = stream_fsm::opener(message_type::log_open, "please", at(0), out);
  fsm.on_frame(frame(frame_kind::accept), at(0), out);
  return fsm;
}

std::vector<frame_kind> kinds(const stream_effects& effects) {
  std::vector<frame_kind> out;
  for (auto& one : effects.frames)
    out.push_back(one.kind);
  return out;
}

using kind_list = std::vector<frame_kind>;
using event_list = std::vector<stream_event>;

const stream_event gap{
    stream_ended{stream_end::lost, "messages of the stream are missing"}};

} // namespace

TEST_CASE("what is sent before the acceptance waits for it", "[bus]") {
  stream_effects out;
  auto fsm = stream_fsm::opener(message_type::log_open, "please", at(0), out);
  REQUIRE(kinds(out) == kind_list{frame_kind::open});
  CHECK(out.frames[0].type == message_type::log_open);
  CHECK(out.frames[0].data == "please");
  CHECK_FALSE(out.frames[0].to_opener);
  out = {};
  CHECK(fsm.send("a", at(1), out));
  fsm.half_close(at(1), out);
  CHECK(fsm.queued() == 1);
  CHECK(out.frames.empty());
  CHECK_FALSE(fsm.send("b", at(1), out));
  fsm.on_frame(frame(frame_kind::accept), at(2), out);
  CHECK(kinds(out) == kind_list{frame_kind::data, frame_kind::half_close});
  CHECK(out.frames[0].sequence == 1);
  CHECK(out.frames[1].sequence == 2);
  CHECK(out.events == event_list{stream_drained{}});
}

TEST_CASE("how the other side's frames are taken", "[bus]") {
  struct row {
    const char* name;
    std::vector<stream_frame> given;
    event_list want;
  };
  const row rows[] = {
      {"in order",
       {frame(frame_kind::data, 1, "a"), frame(frame_kind::data, 2, "b"),
        frame(frame_kind::half_close, 3)},
       {stream_message{"a"}, stream_message{"b"}, stream_half_closed{}}},
      {"empty",
       {frame(frame_kind::data, 1)},
       {stream_ended{stream_end::reset, "a message of the stream is empty"}}},
      {"twice",
       {frame(frame_kind::data, 1, "a"), frame(frame_kind::data, 1, "a"),
        frame(frame_kind::idle, 1)},
       {stream_message{"a"}}},
      {"a message is missing",
       {frame(frame_kind::data, 1, "a"), frame(frame_kind::data, 3, "c")},
       {stream_message{"a"}, gap}},
      {"the last message is missing, as an idle side tells",
       {frame(frame_kind::data, 1, "a"), frame(frame_kind::idle, 2)},
       {stream_message{"a"}, gap}},
      {"as a credit tells", {frame(frame_kind::credit, 1)}, {gap}},
      {"only the end is missing", {frame(frame_kind::half_close, 2)}, {gap}},
      {"after the end",
       {frame(frame_kind::half_close, 1), frame(frame_kind::data, 2, "x")},
       {stream_half_closed{},
        stream_ended{stream_end::reset,
                     "messages followed the end of the stream"}}},
      {"more consumed than sent",
       {frame(frame_kind::credit, 0, {}, 1)},
       {stream_ended{stream_end::reset, "more was consumed than sent"}}},
      {"reset",
       {frame(frame_kind::reset), frame(frame_kind::data, 1, "a")},
       {stream_ended{stream_end::reset, ""}}},
      {"forgotten",
       {frame(frame_kind::unknown)},
       {stream_ended{stream_end::lost,
                     "the other side knows nothing of the stream"}}},
      {"accepted and opened again",
       {frame(frame_kind::accept), frame(frame_kind::open),
        frame(frame_kind::refuse)},
       {}},
  };
  for (auto& [name, given, want] : rows) {
    CAPTURE(name);
    auto fsm = opened();
    stream_effects out;
    for (auto& one : given)
      fsm.on_frame(one, at(1), out);
    CHECK((out.events == want));
  }
}

TEST_CASE("a side sends until the window is full", "[bus]") {
  auto fsm = opened();
  stream_effects out;
  const bytes message(stream_window / 2, 'x');
  for (int i = 0; i < 4; ++i)
    CHECK(fsm.send(message, at(0), out));
  CHECK(out.frames.size() == 2);
  CHECK(fsm.queued() == 2 * message.size());
  out = {};
  fsm.on_frame(frame(frame_kind::credit, 0, {}, 1), at(0), out);
  CHECK(kinds(out) == kind_list{frame_kind::data});
  CHECK(out.events.empty());
  out = {};
  fsm.on_frame(frame(frame_kind::idle, 0, {}, stream_window), at(0), out);
  CHECK(kinds(out) == kind_list{frame_kind::data});
  CHECK(out.events == event_list{stream_drained{}});
  CHECK(fsm.queued() == 0);
}

TEST_CASE("a side grants what was consumed, by halves of the window", "[bus]") {
  auto fsm = opened();
  stream_effects out;
  const bytes message(stream_window / 4, 'x');
  fsm.on_frame(frame(frame_kind::data, 1, message), at(0), out);
  fsm.on_frame(frame(frame_kind::data, 2, message), at(0), out);
  fsm.consumed(message.size(), at(0), out);
  CHECK(out.frames.empty());
  // No more than came.
  fsm.consumed(10 * message.size(), at(0), out);
  REQUIRE(kinds(out) == kind_list{frame_kind::credit});
  CHECK(out.frames[0].consumed == 2 * message.size());
}

TEST_CASE("limits of a stream", "[bus]") {
  stream_effects out;
  auto fsm = opened();
  SECTION("of a message") {
    CHECK_FALSE(fsm.send(bytes(bus_message_max + 1, 'x'), at(0), out));
  }
  SECTION("of what waits") {
    while (fsm.send(bytes(bus_message_max, 'x'), at(0), out))
      CHECK(fsm.queued() <= stream_queue_max);
  }
  SECTION("of what is unconsumed here") {
    for (std::uint64_t i = 1; !fsm.ended() && i < 99; ++i)
      fsm.on_frame(frame(frame_kind::data, i, bytes(stream_window, 'x')), at(0),
                   out);
  }
  REQUIRE(fsm.ended());
  CHECK(kinds(out).back() == frame_kind::reset);
  CHECK(std::get<stream_ended>(out.events.back()).how == stream_end::reset);
}

TEST_CASE("time", "[bus]") {
  stream_effects out;
  SECTION("an idle side speaks each second") {
    auto fsm = opened();
    CHECK(fsm.send("a", at(0.5), out));
    out = {};
    CHECK(fsm.next_wake() == at(1.5));
    fsm.tick(at(1.4), out);
    CHECK(out.frames.empty());
    fsm.tick(at(1.5), out);
    REQUIRE(kinds(out) == kind_list{frame_kind::idle});
    CHECK(out.frames[0].sequence == 1);
    CHECK(fsm.next_wake() == at(2.5));
  }
  SECTION("silence is a loss") {
    auto fsm = opened();
    fsm.on_frame(frame(frame_kind::idle), at(3), out);
    fsm.tick(at(12.9), out);
    CHECK_FALSE(fsm.ended());
    fsm.tick(at(13), out);
    REQUIRE(fsm.ended());
    CHECK(std::get<stream_ended>(out.events.back()).how == stream_end::lost);
    CHECK(fsm.next_wake() == mono_time::max());
  }
  SECTION("also before the acceptance") {
    auto fsm = stream_fsm::opener(message_type::log_open, "", at(0), out);
    CHECK(fsm.next_wake() == at(10));
    fsm.tick(at(10), out);
    CHECK(fsm.ended());
  }
  SECTION("who was asked has its time") {
    auto fsm = stream_fsm::acceptor(at(0));
    fsm.tick(at(99), out);
    CHECK_FALSE(fsm.ended());
    fsm.accept(at(99), out);
    CHECK(kinds(out) == kind_list{frame_kind::accept});
    CHECK(fsm.next_wake() == at(100));
  }
}

TEST_CASE("a stream ends once", "[bus]") {
  auto fsm = opened();
  stream_effects out;
  fsm.on_frame(frame(frame_kind::half_close, 1), at(0), out);
  fsm.half_close(at(0), out);
  fsm.half_close(at(0), out);
  fsm.reset("late", out);
  fsm.consumed(1, at(0), out);
  fsm.tick(at(99), out);
  fsm.on_frame(frame(frame_kind::reset), at(0), out);
  CHECK(kinds(out) == kind_list{frame_kind::half_close});
  CHECK((out.events
         == event_list{stream_half_closed{},
                       stream_ended{stream_end::closed, ""}}));
}

TEST_CASE("refusals", "[bus]") {
  stream_effects out;
  SECTION("by the holder") {
    auto fsm = stream_fsm::acceptor(at(0));
    fsm.refuse("no", out);
    CHECK(kinds(out) == kind_list{frame_kind::refuse});
  }
  SECTION("by the other side") {
    auto fsm = stream_fsm::opener(message_type::log_open, "", at(0), out);
    auto no = frame(frame_kind::refuse);
    no.text = "no";
    fsm.on_frame(no, at(1), out);
  }
  SECTION("by the bus") {
    auto fsm = stream_fsm::opener(message_type::log_open, "", at(0), out);
    for (int ms = 0; ms < 3250; ms += 250) {
      fsm.nobody("no", at(0) + std::chrono::milliseconds{ms});
      fsm.tick(at(0) + std::chrono::milliseconds{ms + 250}, out);
    }
    CHECK(kinds(out) == kind_list(12, frame_kind::open));
  }
  CHECK((out.events == event_list{stream_ended{stream_end::refused, "no"}}));
}

TEST_CASE("an opening that reached nobody is repeated", "[bus]") {
  stream_effects out;
  auto fsm = stream_fsm::opener(message_type::log_open, "what", at(0), out);
  const auto first = out.frames.front();
  out = {};
  fsm.tick(at(1), out);
  CHECK(out.frames.empty());
  fsm.nobody("no", at(1));
  CHECK(fsm.next_wake() <= at(1));
  fsm.tick(at(1), out);
  REQUIRE(out.frames.size() == 1);
  CHECK(out.frames.front() == first);
  // Once for each word of nobody.
  fsm.tick(at(2), out);
  CHECK(out.frames.size() == 1);
  fsm.on_frame(frame(frame_kind::accept), at(2), out);
  fsm.nobody("no", at(2));
  fsm.tick(at(2), out);
  CHECK(out.events.empty());
  REQUIRE(fsm.send("hello", at(2), out));
  CHECK(out.frames.back().kind == frame_kind::data);
}

TEST_CASE("an open stream whose frames reach nobody", "[bus]") {
  const stream_event absent{
      stream_ended{stream_end::lost, "the other side is not on the bus"}};
  stream_effects out;
  SECTION("is lost unless something is heard") {
    auto fsm = opened();
    fsm.nobody("no", at(2));
    fsm.nobody("no", at(4));
    CHECK(fsm.next_wake() == at(1));
    fsm.tick(at(4.9), out);
    CHECK(out.events.empty());
    CHECK(fsm.next_wake() == at(5));
    SECTION("it stays away") {
      fsm.tick(at(5), out);
      CHECK((out.events == event_list{absent}));
    }
    SECTION("it was there after all") {
      fsm.on_frame(frame(frame_kind::idle), at(4.95), out);
      fsm.tick(at(9), out);
      CHECK(out.events.empty());
    }
  }
  SECTION("at once, where patience is short") {
    auto fsm = stream_fsm::opener(message_type::watch_open, "", at(0), out,
                                  short_patience);
    fsm.on_frame(frame(frame_kind::accept), at(0), out);
    fsm.nobody("no", at(0.5));
    CHECK(fsm.next_wake() == at(0.5));
    fsm.tick(at(0.5), out);
    CHECK((out.events == event_list{absent}));
  }
}
