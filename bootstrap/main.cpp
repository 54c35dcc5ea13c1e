#include "bootstrap/cli/run.hpp"

#include <sys/prctl.h>

#include <csignal>
#include <iostream>

int main(int argc, char** argv) {
  // A reader that goes away is an error of the write, not our end.
  std::signal(SIGPIPE, SIG_IGN);
  // Started as /proc/self/exe it would be called "exe".
  prctl(PR_SET_NAME, "troupe");
  return troupe::cli::run({argv + 1, argv + argc}, {std::cout, std::cerr});
}
