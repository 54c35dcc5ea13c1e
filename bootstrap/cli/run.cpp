#include "bootstrap/cli/run.hpp"

#include "bootstrap/cli/actors.hpp"
#include "bootstrap/cli/command_line.hpp"
#include "bootstrap/cli/down.hpp"
#include "bootstrap/cli/image.hpp"
#include "bootstrap/cli/status.hpp"
#include "bootstrap/cli/up.hpp"
#include "bootstrap/cli/version.hpp"
#include "bootstrap/process/supervisor.hpp"
#include "bootstrap/wiring/agent.hpp"
#include "bootstrap/wiring/publisher.hpp"
#include "bootstrap/wiring/server.hpp"
#include "messages/base/overload.hpp"

namespace troupe::cli {

int run(const std::vector<std::string>& arguments, const console& to) {
  return std::visit(
      overload{
          [&](const usage_answer& it) {
            to.out << it.out << std::flush;
            to.err << it.err << std::flush;
            return it.exit_code;
          },
          [&](const up_options& it) { return run_up(it, to); },
          [&](const down_options& it) { return run_down(it, to); },
          [&](const status_options& it) { return run_status(it, to); },
          [&](const actors_options& it) { return run_actors(it, to); },
          [&](const kill_options& it) { return run_kill(it, to); },
          [&](const image_options& it) { return run_image(it, to); },
          [&](const version_options& it) { return run_version(it, to); },
          [](const server_options& it) { return wiring::run_server(it); },
          [](const agent_options& it) { return wiring::run_agent(it); },
          [](const publisher_options& it) { return wiring::run_publisher(it); },
          [](const supervisor_options& it) {
            return process::run_supervisor(it);
          },
      },
      parse_command_line(arguments));
}

} // namespace troupe::cli
