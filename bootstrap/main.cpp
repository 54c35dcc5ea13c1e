#include "bootstrap/cli/run.hpp"

#include <csignal>
#include <iostream>

int main(int argc, char** argv) {
  // A reader that goes away is an error of the write, not our end.
  std::signal(SIGPIPE, SIG_IGN);
  return troupe::cli::run({argv + 1, argv + argc}, {std::cout, std::cerr});
}
