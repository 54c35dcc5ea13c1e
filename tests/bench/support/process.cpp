#include "tests/bench/support/process.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <sstream>
#include <utility>

namespace troupe::bench {

process::process(process&& other) noexcept
    : pid_{std::exchange(other.pid_, -1)} {}

process& process::operator=(process&& other) noexcept {
  std::swap(pid_, other.pid_);
  return *this;
}

process::~process() {
  if (pid_ <= 0)
    return;
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
}

bool process::join() {
  int status = -1;
  const auto pid = std::exchange(pid_, -1);
  return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0;
}

process fork_process(const std::function<int()>& body) {
  std::fflush(nullptr);
  const auto pid = fork();
  if (pid == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    _exit(body());
  }
  return process{pid};
}

process spawn_program(std::vector<std::string> command,
                      const std::string& log) {
  return fork_process([&] {
    const auto out =
        open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    dup2(out, STDOUT_FILENO);
    dup2(out, STDERR_FILENO);
    std::vector<char*> args;
    for (auto& each : command)
      args.push_back(each.data());
    args.push_back(nullptr);
    execvp(args[0], args.data());
    return 127;
  });
}

double processor_time(pid_t pid) {
  std::ifstream file{"/proc/" + std::to_string(pid) + "/stat"};
  std::string text{std::istreambuf_iterator<char>{file}, {}};
  std::istringstream fields{text.substr(text.rfind(')') + 2)};
  std::string skipped;
  for (int i = 0; i < 11; ++i)
    fields >> skipped;
  double user = 0, system = 0;
  fields >> user >> system;
  return (user + system) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

} // namespace troupe::bench
