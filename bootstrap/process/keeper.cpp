#include "bootstrap/process/keeper.hpp"

#include "bootstrap/process/log_file.hpp"
#include "runtime/base/clock.hpp"
#include "runtime/base/log.hpp"

#include <sys/wait.h>

#include <algorithm>
#include <csignal>

namespace troupe::process {

namespace {

constexpr const char* component = "supervisor";

std::string describe(int status) {
  if (WIFSIGNALED(status))
    return "killed by signal " + std::to_string(WTERMSIG(status));
  return "exit code " + std::to_string(WEXITSTATUS(status));
}

} // namespace

keeper::keeper(kept_process what, std::function<void()> report)
    : what_(std::move(what)), report_(std::move(report)),
      machine_(supervision_config{}) {
  record_.name = what_.name;
  record_.kind = what_.kind;
}

void keeper::begin() {
  carry_out(machine_.begin(mono_now()));
}

void keeper::stop() {
  take(stop_requested{});
}

void keeper::look() {
  int status = 0;
  if (pid_ != 0 && waitpid(pid_, &status, WNOHANG) > 0) {
    pid_ = 0;
    reopen_due_ = false;
    ended(describe(status));
  }
  take(time_passed{});
  if (reopen_due_ && mono_now() >= settled_at()) {
    reopen_due_ = false;
    kill(pid_, what_.log.reopen_signal);
  }
}

void keeper::look_at_log(std::uint64_t octets_max) {
  if (move_large_log(what_.log.file, octets_max))
    reopen_log();
}

void keeper::reopen_log() {
  reopen_due_ = pid_ != 0 && what_.log.reopen_signal != 0;
}

std::optional<mono_time> keeper::deadline() const {
  const auto due = machine_.deadline();
  if (!reopen_due_)
    return due;
  return due ? std::min(*due, settled_at()) : settled_at();
}

void keeper::take(const supervision_input& input) {
  carry_out(machine_.step(input, mono_now()));
}

void keeper::carry_out(const std::vector<supervision_effect>& effects) {
  for (auto effect : effects)
    switch (effect) {
      case supervision_effect::start_process:
        start();
        break;
      case supervision_effect::terminate_process:
        kill(pid_, SIGTERM);
        break;
      case supervision_effect::kill_process:
        log_warning(component, what_.name + " does not end: killing it");
        kill(pid_, SIGKILL);
        break;
      case supervision_effect::finish:
        break;
    }
}

void keeper::start() {
  auto pid = spawn(what_.child);
  if (!pid)
    return ended(pid.error().message);
  pid_ = *pid;
  since_ = mono_now();
  record_.running = identify(*pid);
  record_.restarts = machine_.restarts();
  log_info(component, what_.kind + " " + what_.name + " is process "
                          + std::to_string(*pid));
  report_();
}

void keeper::ended(const std::string& how) {
  if (machine_.finished())
    return;
  record_.running.reset();
  record_.last_end = how;
  log_warning(component, what_.kind + " " + what_.name + " ended: " + how);
  report_();
  take(process_ended{});
}

} // namespace troupe::process
