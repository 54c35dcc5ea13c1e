#include "runtime/spdy/frame.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <iterator>

using namespace troupe;
using namespace troupe::spdy;

namespace {

/// What kubectl 1.20 sent for `exec -i web -- cat` with "some input" on stdin.
bytes kubectl_exec() {
  std::ifstream file{TROUPE_TEST_DATA "/spdy/kubectl-1.20-exec.bin",
                     std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, {}};
}

bytes octets(std::initializer_list<int> values) {
  bytes out;
  for (const int value : values)
    out += static_cast<char>(value);
  return out;
}

syn_stream opened(stream_id id, const char* type) {
  return {id, {{"streamtype", type}}, false};
}

} // namespace

TEST_CASE("kubectl's frames are read") {
  frame_reader reader;
  const auto frames = reader.read(kubectl_exec());
  REQUIRE(frames);
  CHECK(*frames
        == std::vector<frame>{opened(1, "error"), opened(3, "stdin"),
                              opened(5, "stdout"), opened(7, "stderr"),
                              data{3, "some input\n", false},
                              data{3, "", true}});
}

TEST_CASE("frames are read however they are cut") {
  frame_reader reader;
  std::vector<frame> got;
  bytes input;
  for (const char c : kubectl_exec()) {
    auto frames = reader.read(bytes_view{&c, 1});
    REQUIRE(frames);
    for (auto& one : *frames) {
      if (auto* it = std::get_if<data>(&one))
        input += it->octets;
      got.push_back(std::move(one));
    }
  }
  CHECK(input == "some input\n");
  CHECK(got.front() == frame{opened(1, "error")});
  CHECK(got.back() == frame{data{3, "", true}});
}

TEST_CASE("every frame is read as it was written") {
  const frame frames[] = {
      opened(1, "error"),
      syn_reply{1, {}, false},
      syn_reply{3, {{"a", "b"}, {"c", {"d\0e", 3}}}, true},
      more_headers{3, {{"x", ""}}, true},
      rst_stream{5, reset_code::cancel},
      settings{{{7, 1234}, {4, 100}}},
      ping{9},
      goaway{7, goaway_code::protocol_error},
      window_update{0, 0x7fffffff},
      data{3, bytes(100'000, 'x'), false},
      data{3, {}, true},
  };
  frame_writer writer;
  frame_reader reader;
  for (const auto& one : frames) {
    const auto got = reader.read(writer.write(one));
    REQUIRE(got);
    CHECK(*got == std::vector<frame>{one});
  }
}

TEST_CASE("frames without headers have these octets") {
  frame_writer writer;
  CHECK(writer.write(ping{1})
        == octets({0x80, 3, 0, 6, 0, 0, 0, 4, 0, 0, 0, 1}));
  CHECK(writer.write(rst_stream{5, reset_code::refused_stream})
        == octets({0x80, 3, 0, 3, 0, 0, 0, 8, 0, 0, 0, 5, 0, 0, 0, 3}));
  CHECK(writer.write(goaway{7, goaway_code::ok})
        == octets({0x80, 3, 0, 7, 0, 0, 0, 8, 0, 0, 0, 7, 0, 0, 0, 0}));
  CHECK(writer.write(window_update{3, 0x8000})
        == octets({0x80, 3, 0, 9, 0, 0, 0, 8, 0, 0, 0, 3, 0, 0, 0x80, 0}));
  CHECK(writer.write(data{1, "ok", true})
        == octets({0, 0, 0, 1, 1, 0, 0, 2, 'o', 'k'}));
}

TEST_CASE("the first header block names SPDY/3's dictionary") {
  const auto block = header_encoder{}.encode({{"streamtype", "error"}});
  CHECK(block.substr(2, 4) == octets({0xe3, 0xc6, 0xa7, 0xc2}));
  CHECK(find({{"a", {"b\0c", 3}}}, "a") == "b");
  CHECK(find({}, "a").empty());
}

TEST_CASE("a control frame of an unknown type is skipped") {
  frame_reader reader;
  const auto got = reader.read(octets({0x80, 3, 0, 99, 0, 0, 0, 2, 1, 2, 0x80,
                                       3,    0, 6, 0,  0, 0, 4, 0, 0, 0, 1}));
  REQUIRE(got);
  CHECK(*got == std::vector<frame>{ping{1}});
}

TEST_CASE("what is no SPDY is refused") {
  frame_writer bomb;
  struct row {
    const char* name;
    bytes input;
    errc want;
  };

  const row rows[] = {
      {"version 2", octets({0x80, 2, 0, 6, 0, 0, 0, 4, 0, 0, 0, 1}),
       errc::corrupt},
      {"data without a stream", octets({0, 0, 0, 0, 0, 0, 0, 0}),
       errc::corrupt},
      {"long control frame", octets({0x80, 3, 0, 1, 0, 0xff, 0, 0}),
       errc::too_large},
      {"short ping", octets({0x80, 3, 0, 6, 0, 0, 0, 2, 0, 0}), errc::corrupt},
      {"short stream", octets({0x80, 3, 0, 1, 0, 0, 0, 4, 0, 0, 0, 1}),
       errc::corrupt},
      {"half a window", octets({0x80, 3, 0, 9, 0, 0, 0, 4, 0, 0, 0, 1}),
       errc::corrupt},
      {"settings without values",
       octets({0x80, 3, 0, 4, 0, 0, 0, 4, 0, 0, 0, 1}), errc::corrupt},
      {"no zlib", octets({0x80, 3, 0, 2, 0, 0, 0, 8, 0, 0, 0, 1, 1, 2, 3, 4}),
       errc::corrupt},
      {"a header bomb",
       bomb.write(syn_reply{1, {{"x", bytes(1'000'000, 'x')}}, false}),
       errc::too_large},
  };
  for (const auto& r : rows) {
    INFO(r.name);
    frame_reader reader;
    const auto got = reader.read(r.input);
    REQUIRE_FALSE(got);
    CHECK(got.error().code == r.want);
  }
}
