#include "runtime/spdy/session.hpp"

#include <catch2/catch.hpp>

#include <ctime>

using namespace troupe;
using namespace troupe::spdy;

namespace {

/// A session and the client at its other end.
struct world {
  session server;
  frame_writer writer;
  frame_reader reader;

  std::vector<event> send(const frame& one) {
    auto out = server.receive(writer.write(one));
    REQUIRE(out);
    return *out;
  }

  /// What the server sent since the last call.
  std::vector<frame> take() {
    auto out = reader.read(server.take_output());
    REQUIRE(out);
    return *out;
  }

  void open(stream_id id) {
    send(syn_stream{id, {}, false});
    server.accept(id);
    CHECK(take() == std::vector<frame>{syn_reply{id, {}, false}});
  }

  std::size_t take_octets() {
    std::size_t out = 0;
    for (const auto& one : take())
      if (const auto* it = std::get_if<data>(&one))
        out += it->octets.size();
    return out;
  }
};

} // namespace

TEST_CASE("a stream opens, carries data both ways and ends") {
  world w;
  CHECK(w.send(syn_stream{1, {{"streamtype", "stdin"}}, false})
        == std::vector<event>{stream_opened{1, {{"streamtype", "stdin"}}}});
  w.server.accept(1);
  CHECK(w.take() == std::vector<frame>{syn_reply{1, {}, false}});
  CHECK(w.send(data{1, "in", true})
        == std::vector<event>{stream_data{1, "in"}, stream_finished{1}});
  w.server.send(1, "out");
  w.server.finish(1);
  CHECK(w.take()
        == std::vector<frame>{data{1, "out", false}, data{1, {}, true}});
  // It is no more: what comes late is dropped without a word.
  w.server.send(1, "late");
  w.server.finish(1);
  w.send(data{1, "late", false});
  CHECK(w.take().empty());
}

TEST_CASE("pings of the client are answered, others are not") {
  world w;
  w.send(ping{1});
  w.send(ping{2});
  CHECK(w.take() == std::vector<frame>{ping{1}});
}

TEST_CASE("streams past the limit are refused, and by the server's will") {
  world w;
  stream_id id = 1;
  for (std::size_t i = 0; i < streams_max; ++i, id += 2)
    w.open(id);
  CHECK(w.send(syn_stream{id, {}, false}).empty());
  CHECK(w.take()
        == std::vector<frame>{rst_stream{id, reset_code::refused_stream}});
  w.server.refuse(1);
  CHECK(w.take()
        == std::vector<frame>{rst_stream{1, reset_code::refused_stream}});
  CHECK(w.send(syn_stream{id + 2, {}, false}).size() == 1);
}

TEST_CASE("a client that resets or leaves is heard") {
  world w;
  w.open(1);
  CHECK(w.send(rst_stream{1, reset_code::cancel})
        == std::vector<event>{stream_reset{1, reset_code::cancel}});
  CHECK(w.send(rst_stream{1, reset_code::cancel}).empty());
  CHECK(w.send(goaway{0, goaway_code::ok})
        == std::vector<event>{client_leaves{}});
  w.open(3);
  w.server.go_away(goaway_code::ok);
  CHECK(w.take() == std::vector<frame>{goaway{3, goaway_code::ok}});
  CHECK(w.send(syn_stream{5, {}, false}).empty());
}

TEST_CASE("a client that knows no windows gets everything") {
  world w;
  w.open(1);
  w.server.send(1, bytes(1'000'000, 'x'));
  CHECK(w.take_octets() == 1'000'000);
  CHECK(w.server.held_back() == 0);
}

TEST_CASE("a client's windows hold data back, in order, with its end") {
  world w;
  w.open(1);
  w.open(3);
  w.send(window_update{0, 1});
  w.server.send(1, bytes(100'000, 'x'));
  w.server.finish(1);
  CHECK(w.take_octets() == 65'536);
  CHECK(w.server.held_back() == 34'464);
  w.server.send(3, "behind the session's window");
  CHECK(w.take_octets() == 1);
  w.send(window_update{1, 1'000'000});
  CHECK(w.take_octets() == 0);
  w.send(window_update{0, 1'000'000});
  const auto frames = w.take();
  CHECK(w.server.held_back() == 0);
  CHECK(std::ranges::count(frames, frame{data{1, {}, true}}) == 1);
}

TEST_CASE("windows of an octet cost no more than their octet") {
  world w;
  w.open(1);
  w.send(window_update{0, 10'000'000});
  bytes text;
  for (int i = 0; i < 1'000'000; ++i)
    text += std::to_string(i % 10'000);
  w.server.send(1, text);
  bytes heard;
  const auto hear = [&] {
    for (const auto& one : w.take())
      heard += std::get<data>(one).octets;
  };
  hear();
  const auto begin = std::clock();
  for (int i = 0; i < 50'000; ++i)
    w.send(window_update{1, 1});
  // 50,000 times the megabytes that wait would take many times as long.
  CHECK(std::clock() - begin < 2 * CLOCKS_PER_SEC);
  hear();
  CHECK(w.server.held_back() == text.size() - heard.size());
  w.send(window_update{1, 10'000'000});
  hear();
  CHECK(heard == text);
  CHECK(w.server.held_back() == 0);
}

TEST_CASE("an initial window moves the windows there are") {
  world w;
  w.open(1);
  w.send(settings{{{7, 10}}});
  w.send(window_update{0, 1});
  w.server.send(1, bytes(100, 'x'));
  CHECK(w.take_octets() == 10);
  w.send(settings{{{7, 30}}});
  CHECK(w.take_octets() == 20);
  w.send(rst_stream{1, reset_code::cancel});
  CHECK(w.server.held_back() == 0);
}

TEST_CASE("consumed data is announced half a window at a time") {
  world w;
  w.open(1);
  w.send(data{1, bytes(40'000, 'x'), false});
  w.server.consumed(1, 10'000);
  CHECK(w.take().empty());
  w.server.consumed(1, 30'000);
  CHECK(w.take()
        == std::vector<frame>{window_update{0, 40'000},
                              window_update{1, 40'000}});
}

TEST_CASE("what breaks the protocol ends the session with a GOAWAY") {
  struct row {
    const char* name;
    std::vector<frame> frames;
  };

  const row rows[] = {
      {"an even id", {syn_stream{2, {}, false}}},
      {"an id again", {syn_stream{3, {}, false}, syn_stream{3, {}, false}}},
      {"data behind the end", {syn_stream{1, {}, true}, data{1, "x", false}}},
      {"a window too wide",
       {window_update{0, 0x7fffffff}, window_update{0, 0x7fffffff}}},
      {"an initial window too wide", {settings{{{7, 0xffffffff}}}}},
  };
  for (const auto& r : rows) {
    INFO(r.name);
    world w;
    bytes octets;
    for (const auto& one : r.frames)
      octets += w.writer.write(one);
    const auto got = w.server.receive(octets);
    REQUIRE_FALSE(got);
    CHECK(got.error().code == errc::corrupt);
    const auto frames = w.take();
    REQUIRE_FALSE(frames.empty());
    const auto* last = std::get_if<goaway>(&frames.back());
    REQUIRE(last);
    CHECK(last->code == goaway_code::protocol_error);
  }
}

TEST_CASE("data for a stream that never was is reset") {
  world w;
  w.send(data{9, "x", false});
  CHECK(w.take()
        == std::vector<frame>{rst_stream{9, reset_code::invalid_stream}});
}
