#pragma once

#include "bootstrap/cli/console.hpp"
#include "bootstrap/config/options.hpp"

namespace troupe::cli {

/// Shows the actors of a cluster that runs. 0 when every process answered.
int run_actors(const actors_options& options, const console& to);

/// Kills an actor or a process. 0 when it was there to be killed.
int run_kill(const kill_options& options, const console& to);

} // namespace troupe::cli
