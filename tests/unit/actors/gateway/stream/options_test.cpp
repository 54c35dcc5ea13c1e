#include "actors/gateway/stream/command_options.hpp"
#include "actors/gateway/stream/log_options.hpp"
#include "actors/gateway/stream/pod_container.hpp"
#include "tests/unit/actors/gateway/stream/stream_world.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::gateway;
using namespace troupe::test;

namespace {

const wall_time now{std::chrono::seconds{1000}};

std::string refusal(const api::query_parameters& query) {
  const auto parsed = parse_log_options(query, "web", now);
  return parsed ? "" : parsed.error().message;
}

std::string chosen(const std::string& spec, const std::string& asked) {
  const auto pod = make_pod(spec);
  const auto out = choose_container(view::core_v1::pod{&pod->root()}, asked);
  return out ? *out : "refused: " + out.error().message;
}

} // namespace

TEST_CASE("log options become a request for a node") {
  const auto read = parse_log_options({{"container", "app"},
                                       {"follow", "true"},
                                       {"previous", "1"},
                                       {"timestamps", ""},
                                       {"tailLines", "0"},
                                       {"limitBytes", "7"},
                                       {"sinceSeconds", "10"},
                                       {"insecureSkipTLSVerifyBackend", "true"},
                                       {"pretty", "true"}},
                                      "web", now);
  REQUIRE(read);
  CHECK(read->from.container == "app");
  CHECK(read->follow);
  CHECK(read->previous);
  CHECK(read->timestamps);
  CHECK(read->tail_lines == 0);
  CHECK(read->limit_octets == 7);
  CHECK(read->since == wall_time{std::chrono::seconds{990}});
  const auto none = parse_log_options({{"follow", "false"}}, "web", now);
  REQUIRE(none);
  CHECK(*none == node_io::log_request{});
}

TEST_CASE("log options reach back to the beginning of time, no further") {
  for (const auto* text : {"1000", "1001", "9223372036854775807"})
    CHECK(parse_log_options({{"sinceSeconds", text}}, "web", now)->since
          == wall_time{});
  CHECK(parse_log_options({{"sinceTime", "1970-01-01T00:00:05Z"}}, "web", now)
            ->since
        == wall_time{std::chrono::seconds{5}});
}

TEST_CASE("log options are refused in upstream's words") {
  struct row {
    api::query_parameters query;
    const char* want;
  };

  const row rows[] = {
      {{{"tailLines", "-1"}},
       "PodLogOptions \"web\" is invalid: tailLines: Invalid value: -1: must "
       "be "
       "greater than or equal to 0"},
      {{{"limitBytes", "0"}},
       "PodLogOptions \"web\" is invalid: limitBytes: Invalid value: 0: must "
       "be "
       "greater than 0"},
      {{{"sinceSeconds", "0"}},
       "PodLogOptions \"web\" is invalid: sinceSeconds: Invalid value: 0: must "
       "be greater than 0"},
      {{{"tailLines", "x"}}, "strconv.ParseInt: parsing \"x\": invalid syntax"},
      {{{"stream", "Stdout"}},
       "PodLogOptions \"web\" is invalid: stream: Forbidden: may not be "
       "specified"},
  };
  for (const auto& r : rows)
    CHECK(refusal(r.query) == r.want);
  CHECK(refusal({{"sinceSeconds", "1"}, {"sinceTime", "2026-01-01T00:00:00Z"}})
            .find("at most one of `sinceTime` or `sinceSeconds` may be "
                  "specified")
        != std::string::npos);
  CHECK_FALSE(refusal({{"sinceTime", "yesterday"}}).empty());
}

TEST_CASE("command options become a request for a node") {
  const auto exec = parse_command_options({{"command", "sh"},
                                           {"command", "-c"},
                                           {"container", "app"},
                                           {"stdin", "true"},
                                           {"stdout", "true"},
                                           {"stderr", "true"}},
                                          command_kind::exec);
  REQUIRE(exec);
  CHECK(exec->command == std::vector<std::string>{"sh", "-c"});
  CHECK(exec->in.container == "app");
  CHECK(exec->stdin_);
  CHECK(exec->stdout_);
  CHECK(exec->stderr_);
  CHECK_FALSE(exec->tty);
  // A terminal has one output.
  const auto attach = parse_command_options(
      {{"stdout", "true"}, {"stderr", "true"}, {"tty", "true"}},
      command_kind::attach);
  REQUIRE(attach);
  CHECK(attach->command.empty());
  CHECK_FALSE(attach->stderr_);
  CHECK(parse_command_options({{"command", "ls"}}, command_kind::exec)
            .error()
            .message
        == "you must specify at least 1 of stdin, stdout, stderr");
  CHECK(parse_command_options({{"stdout", "true"}}, command_kind::exec)
            .error()
            .message
        == "you must specify at least one command for the container");
}

TEST_CASE("a container is the one named, or the only one") {
  const std::string one = R"({"containers":[{"name":"a"}],
      "initContainers":[{"name":"i"}],"ephemeralContainers":[{"name":"e"}]})";
  const std::string two = R"({"containers":[{"name":"a"},{"name":"b"}]})";
  CHECK(chosen(one, "") == "a");
  CHECK(chosen(one, "i") == "i");
  CHECK(chosen(one, "e") == "e");
  CHECK(chosen(two, "b") == "b");
  CHECK(
      chosen(two, "")
      == "refused: a container name must be specified for pod web, choose one "
         "of: [a b]");
  CHECK(
      chosen(R"({"containers":[{"name":"a"},{"name":"b"}],
                   "initContainers":[{"name":"i"}]})",
             "")
      == "refused: a container name must be specified for pod web, choose one "
         "of: [a b] or one of the init containers: [i]");
  CHECK(chosen(one, "x") == "refused: container x is not valid for pod web");
  CHECK(chosen("{}", "")
        == "refused: a container name must be specified for pod web");
}
