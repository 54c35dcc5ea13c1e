#include "node/agent/log_streamer.hpp"
#include "node/log/log_line.hpp"
#include "tests/unit/node/agent/fake_end.hpp"
#include "tests/unit/node/agent/objects.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <thread>

using namespace troupe;
using namespace troupe::agent;
using namespace std::chrono_literals;
using node_io::channel;

namespace {

constexpr const char* a_pod =
    R"({"metadata":{"name":"p","namespace":"ns","uid":"u"},
        "spec":{"nodeName":"n1","restartPolicy":"Always",
                "containers":[{"name":"c","image":"a"}]}})";
constexpr const char* initialized_pod =
    R"({"metadata":{"name":"p","namespace":"ns","uid":"u"},
        "spec":{"nodeName":"n1","initContainers":[{"name":"i","image":"a"}],
                "containers":[{"name":"c","image":"a"}]}})";

/// A node with one pod, its logs, and a client that reads them.
struct world : test::io_world {
  std::string root;
  node_services services;
  pod_registry registry;
  node_io::log_request request;
  pod::observed_pod observed;
  std::thread worker;

  world() {
    auto pattern =
        (std::filesystem::temp_directory_path() / "agent.XXXXXX").string();
    REQUIRE(mkdtemp(pattern.data()) != nullptr);
    root = pattern;
    services.config.paths = node_paths{root};
    request.from = {"ns", "p", "u", "c"};
    std::filesystem::create_directories(directory());
    observed.containers["c"];
    know();
  }

  ~world() {
    if (worker.joinable()) {
      leave();
      worker.join();
    }
    std::filesystem::remove_all(root);
  }

  std::string directory() const { return root + "/logs/ns_p_u/c"; }

  pod::observed_container& container() { return observed.containers["c"]; }

  /// Tells the registry what is observed.
  void know(const char* pod = a_pod) {
    registry.put("u", {test::shared_object("Pod", pod),
                       std::make_shared<const pod::observed_pod>(observed),
                       nullptr});
  }

  void run(int restart) {
    container().phase = pod::container_phase::running;
    container().restart_count = restart;
    container().ever_created = true;
    know();
  }

  /// It ended with an error and waits for its next start.
  void crash_loop(int restart) {
    container().phase = pod::container_phase::exited;
    container().restart_count = restart;
    container().ever_created = true;
    container().exit = pod::container_exit{"x", 1, 0, "Error", "", {}, {}};
    container().held = true;
    container().restarts.wait = 10s;
    know();
  }

  void record(int restart, const std::string& text) const {
    std::ofstream{directory() + "/" + std::to_string(restart) + ".log",
                  std::ios::app}
        << container_log::format_log_time(wall_time{24h * 20'000})
               + " stdout F " + text + "\n";
  }

  void read() { stream_log(services, registry, request, *stream); }

  void follow() {
    request.follow = true;
    worker = std::thread{[this] { read(); }};
  }

  bool succeeded() const {
    return status().find(R"("status":"Success")") != std::string::npos;
  }

  /// The message of a refusal with code 400.
  std::string refused() {
    read();
    const auto text = status();
    CHECK(text.find(R"("code":400)") != std::string::npos);
    const std::string key = R"("message":")";
    const auto from = text.find(key) + key.size();
    auto out = text.substr(from, text.find("\",\"reason", from) - from);
    std::erase(out, '\\');
    return out;
  }
};

} // namespace

TEST_CASE("a log is sent whole, then how that went", "[agent]") {
  world at;
  at.run(0);
  at.record(0, "one");
  at.record(0, "two");
  at.read();
  CHECK(at.out() == "one\ntwo\n");
  CHECK(at.succeeded());
  CHECK(at.end->half_closed());
}

TEST_CASE("the wishes of a request reach the reader", "[agent]") {
  world at;
  at.run(0);
  for (const char* text : {"one", "two", "three"})
    at.record(0, text);
  std::string want;
  SECTION("tail") {
    at.request.tail_lines = 1;
    want = "three\n";
  }
  SECTION("no lines at all") {
    at.request.tail_lines = 0;
  }
  SECTION("negative ones are none") {
    at.request.tail_lines = -1;
  }
  SECTION("a limit") {
    at.request.limit_octets = 5;
    want = "one\nt";
  }
  SECTION("times") {
    at.request.timestamps = true;
    at.request.tail_lines = 1;
    want = "2024-10-04T00:00:00.000000000Z three\n";
  }
  SECTION("since") {
    at.request.since = wall_time{24h * 20'001};
  }
  at.read();
  CHECK(at.out() == want);
  CHECK(at.succeeded());
}

TEST_CASE("the last run is read, or the one before", "[agent]") {
  world at;
  for (int i = 0; i < 3; ++i)
    at.record(i, "run " + std::to_string(i));
  SECTION("while it runs") {
    at.run(2);
    at.read();
    CHECK(at.out() == "run 2\n");
  }
  SECTION("the one before a running one") {
    at.run(2);
    at.request.previous = true;
    at.read();
    CHECK(at.out() == "run 1\n");
  }
  SECTION("the last one while its next start is waited for") {
    at.crash_loop(2);
    at.read();
    CHECK(at.out() == "run 2\n");
  }
  SECTION("and then it is the one before, too") {
    at.crash_loop(2);
    at.request.previous = true;
    at.read();
    CHECK(at.out() == "run 2\n");
  }
  SECTION("the one before never follows") {
    at.run(2);
    at.request.previous = true;
    at.request.follow = true;
    at.read();
    CHECK(at.out() == "run 1\n");
  }
  CHECK(at.succeeded());
}

TEST_CASE("a first crash is a previous run already", "[agent]") {
  world at;
  at.record(0, "boom");
  at.crash_loop(0);
  at.request.previous = true;
  at.read();
  CHECK(at.out() == "boom\n");
}

TEST_CASE("there is no run before the first", "[agent]") {
  world at;
  at.request.previous = true;
  SECTION("which runs") {
    at.record(0, "one");
    at.run(0);
  }
  SECTION("which is waited for") {}
  CHECK(at.refused()
        == "previous terminated container \"c\" in pod \"p\" not found");
}

TEST_CASE("a container without a log says why", "[agent]") {
  world at;
  const std::string head = "container \"c\" in pod \"p\" is waiting to start: ";
  std::string why;
  SECTION("it is being made") {
    why = "ContainerCreating";
  }
  SECTION("others come first") {
    at.observed.containers["i"];
    at.know(initialized_pod);
    why = "PodInitializing";
  }
  SECTION("its image cannot be pulled") {
    at.container().next_image.phase = pod::image_phase::failed;
    at.container().next_image.reason = "ErrImagePull";
    at.container().next_image.message = "no";
    at.know();
    why = "image can't be pulled";
  }
  SECTION("and is tried again later") {
    at.container().next_image.phase = pod::image_phase::failed;
    at.container().next_image.reason = "ErrImagePull";
    at.container().next_image.held = true;
    at.know();
    why = "trying and failing to pull image";
  }
  SECTION("its image has no name") {
    at.container().next_image.phase = pod::image_phase::failed;
    at.container().next_image.reason = "InvalidImageName";
    at.know();
    why = "InvalidImageName";
  }
  SECTION("nobody knows the pod") {
    at.registry.erase("u");
    why = "ContainerCreating";
  }
  CHECK(at.refused() == head + why);
  CHECK(at.out().empty());
}

TEST_CASE("a follower reads on until the container is over", "[agent]") {
  world at;
  at.run(0);
  at.record(0, "one");
  at.follow();
  REQUIRE(at.end->wait_sent(channel::out, 4));
  at.record(0, "two");
  REQUIRE(at.end->wait_sent(channel::out, 8));
  CHECK(at.status().empty());
  at.record(0, "three");
  SECTION("exited") {
    at.crash_loop(0);
  }
  SECTION("running again") {
    at.run(1);
  }
  SECTION("gone with its pod") {
    at.registry.erase("u");
  }
  at.worker.join();
  CHECK(at.out() == "one\ntwo\nthree\n");
  CHECK(at.succeeded());
}

TEST_CASE("a run that is being started has a log to follow", "[agent]") {
  world at;
  at.crash_loop(0);
  at.container().phase = pod::container_phase::creating;
  // The shim was told, its answer is on the way.
  SECTION("not counted yet") {
    at.know();
  }
  SECTION("counted") {
    at.container().restart_count = 1;
    at.know();
  }
  at.record(1, "one");
  at.follow();
  REQUIRE(at.end->wait_sent(channel::out, 4));
  at.run(1);
  at.record(1, "two");
  REQUIRE(at.end->wait_sent(channel::out, 8));
  at.crash_loop(1);
  at.worker.join();
  CHECK(at.out() == "one\ntwo\n");
}

TEST_CASE("a follower ends when the client leaves", "[agent]") {
  world at;
  at.run(0);
  at.record(0, "one");
  at.follow();
  REQUIRE(at.end->wait_sent(channel::out, 4));
  at.leave();
  at.worker.join();
  CHECK(at.status().empty());
}

TEST_CASE("a log waits for room at the client", "[agent]") {
  world at;
  at.run(0);
  at.record(0, "one");
  at.end->queue(stream_window);
  at.worker = std::thread{[&] { at.read(); }};
  at.stream->wake();
  CHECK(at.out().empty());
  at.end->queue(0);
  at.stream->on_drained();
  at.worker.join();
  CHECK(at.out() == "one\n");
  CHECK(at.succeeded());
}
