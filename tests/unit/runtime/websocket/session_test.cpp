#include "runtime/websocket/session.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::websocket;

namespace {

/// A client's frame, masked.
bytes frame(int first, const bytes& payload) {
  bytes out{static_cast<char>(first)};
  if (payload.size() < 126) {
    out += static_cast<char>(0x80 | payload.size());
  } else {
    out += static_cast<char>(0x80 | 126);
    out += static_cast<char>(payload.size() >> 8);
    out += static_cast<char>(payload.size());
  }
  constexpr char mask[] = {0x11, 0x22, 0x33, 0x44};
  out.append(mask, sizeof mask);
  for (std::size_t i = 0; i < payload.size(); ++i)
    out += static_cast<char>(payload[i] ^ mask[i % 4]);
  return out;
}

bytes octets(std::initializer_list<int> values) {
  bytes out;
  for (const int value : values)
    out += static_cast<char>(value);
  return out;
}

constexpr int binary = 0x82;
constexpr int close_op = 0x88;
constexpr int ping_op = 0x89;

} // namespace

TEST_CASE("messages come in pieces, whole when they fit") {
  session s;
  CHECK(*s.receive(frame(binary, "hello"))
        == std::vector<event>{message_piece{"hello", true, true}});
  CHECK(*s.receive(frame(binary, {}))
        == std::vector<event>{message_piece{"", true, true}});
  CHECK(*s.receive(frame(0x81, "text"))
        == std::vector<event>{message_piece{"text", true, true}});
  const bytes large(60'000, 'x');
  CHECK(*s.receive(frame(binary, large))
        == std::vector<event>{message_piece{large, true, true}});
}

TEST_CASE("RFC 6455's masked example") {
  session s;
  CHECK(*s.receive(octets(
            {0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58}))
        == std::vector<event>{message_piece{"Hello", true, true}});
}

TEST_CASE("fragments join with control frames between them, however cut") {
  const auto text = frame(0x02, "one ") + frame(ping_op, "?")
                    + frame(0x00, "two ") + frame(0x80, "three");
  session s;
  bytes got;
  int first = 0;
  int last = 0;
  for (const char c : text) {
    const auto events = s.receive(bytes_view{&c, 1});
    REQUIRE(events);
    for (const auto& one : *events) {
      const auto& piece = std::get<message_piece>(one);
      got += piece.octets;
      first += piece.first;
      last += piece.last;
    }
  }
  CHECK(got == "one two three");
  CHECK(first == 1);
  CHECK(last == 1);
  CHECK(s.take_output() == octets({0x8a, 1, '?'}));
}

TEST_CASE("messages are sent with the shortest length") {
  session s;
  s.send(bytes(125, 'x'));
  CHECK(s.take_output() == octets({0x82, 125}) + bytes(125, 'x'));
  s.send(bytes(126, 'x'));
  CHECK(s.take_output() == octets({0x82, 126, 0, 126}) + bytes(126, 'x'));
  s.send(bytes(65'536, 'x'));
  CHECK(s.take_output()
        == octets({0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0}) + bytes(65'536, 'x'));
}

TEST_CASE("a client's close is answered, and nothing follows") {
  session s;
  const auto text = frame(close_op, octets({3, 0xe8}) + "bye");
  CHECK(*s.receive(text + frame(binary, "late"))
        == std::vector<event>{client_closes{1000}});
  CHECK(s.take_output() == octets({0x88, 2, 3, 0xe8}));
  CHECK(s.receive(frame(binary, "late"))->empty());
  s.send("late");
  CHECK(s.take_output().empty());
  session without;
  CHECK(*without.receive(frame(close_op, {}))
        == std::vector<event>{client_closes{0}});
}

TEST_CASE("a close of ours waits for the client's") {
  session s;
  s.close(close_code::normal);
  CHECK(s.take_output() == octets({0x88, 2, 3, 0xe8}));
  CHECK(s.receive(frame(binary, "still under way"))->size() == 1);
  CHECK(*s.receive(frame(close_op, octets({3, 0xe8})))
        == std::vector<event>{client_closes{1000}});
  CHECK(s.take_output().empty());
}

TEST_CASE("what breaks the protocol is closed with 1002") {
  struct row {
    const char* name;
    bytes input;
  };

  const row rows[] = {
      {"not masked", octets({0x82, 1, 'x'})},
      {"reserved bit", frame(0xc2, "x")},
      {"unknown opcode", frame(0x83, "x")},
      {"continuation first", frame(0x80, "x")},
      {"message in a message", frame(0x02, "x") + frame(binary, "y")},
      {"ping in fragments", frame(0x09, "x")},
      {"long ping", frame(ping_op, bytes(126, 'x'))},
      {"half a close code", frame(close_op, "x")},
      {"close code 1005", frame(close_op, octets({3, 0xed}))},
      {"close reason", frame(close_op, octets({3, 0xe8, 0xff}))},
      {"negative length",
       octets({0x82, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0})},
  };
  for (const auto& r : rows) {
    INFO(r.name);
    session s;
    const auto got = s.receive(r.input);
    REQUIRE_FALSE(got);
    CHECK(got.error().code == errc::corrupt);
    CHECK(s.take_output() == octets({0x88, 2, 3, 0xea}));
  }
}
