#include "node/agent/command_pump.hpp"
#include "node/agent/command_streamer.hpp"
#include "tests/unit/node/agent/fake_end.hpp"

#include <catch2/catch.hpp>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <thread>

using namespace troupe;
using namespace troupe::agent;
using node_io::channel;

namespace {

struct pipe_ends {
  unique_fd read_end;
  unique_fd write_end;

  pipe_ends() {
    int fds[2];
    REQUIRE(pipe2(fds, O_CLOEXEC) == 0);
    read_end.reset(fds[0]);
    write_end.reset(fds[1]);
  }

  void write(const bytes& text) const {
    REQUIRE(::write(write_end.get(), text.data(), text.size())
            == static_cast<ssize_t>(text.size()));
  }

  /// Until the other end closes.
  bytes read_all() const {
    bytes out;
    char buffer[4096];
    for (ssize_t n = 0; (n = read(read_end.get(), buffer, sizeof buffer)) > 0;)
      out.append(buffer, static_cast<std::size_t>(n));
    return out;
  }
};

/// A process that only its pipes show, with a pump at work on them.
struct pump_world : test::io_world {
  pipe_ends input;
  pipe_ends output;
  pipe_ends errors;
  std::shared_ptr<command_ending> how = std::make_shared<command_ending>();
  std::vector<std::string> sizes; ///< read once the pump is over
  std::thread worker;

  pump_world() { std::signal(SIGPIPE, SIG_IGN); }

  /// Once a test failed, the client leaves.
  ~pump_world() {
    if (worker.joinable()) {
      leave();
      worker.join();
    }
  }

  void start(bool has_end = true) {
    start({std::move(input.write_end), std::move(output.read_end),
           std::move(errors.read_end)},
          has_end);
  }

  void start(command_pipes ends, bool has_end) {
    worker = std::thread{[this, has_end, ends = std::move(ends)]() mutable {
      command_pump{*stream, std::move(ends), has_end ? how : nullptr,
                   [this](auto columns, auto rows) {
                     sizes.push_back(std::to_string(columns) + "x"
                                     + std::to_string(rows));
                   }}
          .run();
    }};
  }

  void ended(int code) {
    how->set(code);
    stream->wake();
  }

  void finish() { worker.join(); }
};

} // namespace

TEST_CASE("output goes to its channels until the command ended", "[agent]") {
  pump_world at;
  at.output.write("one ");
  at.errors.write("two");
  at.start();
  REQUIRE(at.end->wait_sent(channel::out, 4));
  at.output.write("three");
  at.output.write_end.reset();
  at.errors.write_end.reset();
  at.ended(0);
  at.finish();
  CHECK(at.out() == "one three");
  CHECK(at.end->sent(channel::err) == "two");
}

TEST_CASE("what a command left running does not keep it open", "[agent]") {
  pump_world at;
  at.output.write("last words");
  at.ended(3);
  at.start();
  at.finish(); // though both pipes are open
  CHECK(at.out() == "last words");
}

TEST_CASE("output waits for room at the client", "[agent]") {
  pump_world at;
  at.end->queue(stream_window);
  at.output.write("later");
  at.start();
  // The pump has looked at the stream once this was taken.
  at.say(channel::in, "x");
  REQUIRE(at.end->wait_consumed(2));
  CHECK(at.out().empty());
  at.end->queue(0);
  at.stream->on_drained();
  CHECK(at.end->wait_sent(channel::out, 5));
  at.leave();
  at.finish();
}

TEST_CASE("input is consumed when it was written, and ends", "[agent]") {
  pump_world at;
  const bytes large(200'000, 'x'); // more than a pipe holds
  at.say(channel::in, large);
  at.say(channel::in, "end");
  at.say(channel::in, "");
  at.start();
  CHECK(at.end->consumed_octets() == 0);
  CHECK(at.input.read_all() == large + "end");
  REQUIRE(at.end->wait_consumed(large.size() + 1 + 4 + 1));
  CHECK(at.end->consumed_octets() == large.size() + 1 + 4 + 1);
  at.leave();
  at.finish();
}

TEST_CASE("input that nobody reads is dropped", "[agent]") {
  pump_world at;
  at.input.read_end.reset();
  at.start();
  for (int i = 1; i <= 3; ++i) {
    at.say(channel::in, "lost");
    REQUIRE(at.end->wait_consumed(static_cast<std::size_t>(i) * 5));
  }
  at.leave();
  at.finish();
}

TEST_CASE("sizes of the terminal are told", "[agent]") {
  pump_world at;
  std::size_t octets = 0;
  for (const char* text :
       {R"({"Width":80,"Height":25})", R"({"Height":2,"Width":99999})", "{",
        "[]", R"({"Width":80})", R"({"Width":-1,"Height":5})",
        R"({"Width":"a","Height":5})", ""}) {
    at.say(channel::resize, text);
    octets += bytes{text}.size() + 1;
  }
  at.say(channel::in, "");
  at.say(channel::resize, R"({"Width":1,"Height":2})"); // also without input
  octets += 1 + 23;
  at.start();
  REQUIRE(at.end->wait_consumed(octets));
  at.leave();
  at.finish();
  CHECK(at.sizes == std::vector<std::string>{"80x25", "4096x2", "1x2"});
}

TEST_CASE("messages on channels of the node are no input", "[agent]") {
  pump_world at;
  at.say(channel::out, "a");
  at.say(channel::status, "b");
  at.say(channel::in, "in");
  at.say(channel::in, "");
  at.start();
  CHECK(at.input.read_all() == "in");
  REQUIRE(at.end->wait_consumed(2 + 2 + 3 + 1));
  at.leave();
  at.finish();
}

TEST_CASE("a pump ends when the client leaves", "[agent]") {
  pump_world at;
  at.start();
  at.leave();
  at.finish();
  // Nobody holds the process's input open any more.
  CHECK(at.input.read_all().empty());
}

TEST_CASE("an attached process is over with its output", "[agent]") {
  pump_world at;
  at.start(false);
  at.output.write("bye");
  at.output.write_end.reset();
  at.errors.write_end.reset();
  at.finish();
  CHECK(at.out() == "bye");
}

TEST_CASE("an attachment to input alone lasts as long as it", "[agent]") {
  pump_world at;
  at.start({std::move(at.input.write_end), {}, {}}, false);
  at.say(channel::in, "text");
  REQUIRE(at.end->wait_consumed(5));
  SECTION("until the client is done") {
    at.say(channel::in, "");
    CHECK(at.input.read_all() == "text");
  }
  SECTION("until the process is") {
    at.input.read_end.reset();
  }
  at.finish();
}

TEST_CASE("a stream sends messages of a bounded size", "[agent]") {
  test::io_world at;
  const bytes large(100'000, 'x');
  at.stream->send(channel::out, large);
  CHECK(at.out() == large);
  CHECK(at.end->longest() <= 32 * 1024 + 1);
  CHECK(at.stream->has_room());
  at.end->queue(stream_window / 2);
  CHECK_FALSE(at.stream->has_room());
}

TEST_CASE("a stream finishes with a status, unless it is over", "[agent]") {
  test::io_world at;
  SECTION("sent as the last message") {
    at.stream->finish(describe_command_end(7));
    CHECK(at.end->half_closed());
    CHECK(at.status()
          == R"({"kind":"Status","apiVersion":"v1","metadata":{},)"
             R"("status":"Failure","message":"command terminated with )"
             R"(non-zero exit code: exit status 7","reason":"NonZeroExitCode",)"
             R"("details":{"causes":[{"reason":"ExitCode","message":"7"}]},)"
             R"("code":500})");
  }
  SECTION("not to a client that left") {
    at.leave();
    CHECK(at.stream->over());
    CHECK_FALSE(at.stream->has_room());
    at.stream->send(channel::out, "x");
    at.stream->consumed(1);
    at.stream->finish(describe_command_end(0));
    CHECK_FALSE(at.end->half_closed());
    CHECK(at.end->longest() == 0);
    CHECK(at.end->consumed_octets() == 0);
  }
}

TEST_CASE("a stream says that it begins, without data", "[agent]") {
  test::io_world at;
  at.stream->begin();
  CHECK(at.end->longest() == 1);
  CHECK(at.out().empty());
  at.leave();
  at.stream->begin();
}

TEST_CASE("a stream may be woken after its end", "[agent]") {
  std::function<void()> wake;
  {
    test::io_world at;
    wake = at.stream->waker();
    wake();
  }
  wake();
}

TEST_CASE("a command succeeds with code 0", "[agent]") {
  CHECK(describe_command_end(0).success);
}

TEST_CASE("a container that does not run takes no commands", "[agent]") {
  test::io_world at;
  const pod_registry nothing;
  stream_command(nothing, {{"ns", "p", "u", "c"}, {"ls"}}, *at.stream);
  CHECK(at.status().find("unable to upgrade connection: container not found "
                         "(\\\"c\\\")")
        != std::string::npos);
}
