#pragma once

#include "bootstrap/config/options.hpp"

#include <string>
#include <variant>
#include <vector>

namespace troupe::cli {

/// The command line asked for help, or is wrong: texts for both streams.
struct usage_answer {
  int exit_code = 0;
  std::string out;
  std::string err;
};

using command =
    std::variant<usage_answer, up_options, down_options, status_options,
                 actors_options, kill_options, image_options, server_options,
                 agent_options, publisher_options, supervisor_options,
                 version_options>;

/// Reads the arguments after the program's name. What it returns is valid by
/// its own rules; what is not comes back as a usage answer that names the flag.
command parse_command_line(const std::vector<std::string>& arguments);

} // namespace troupe::cli
