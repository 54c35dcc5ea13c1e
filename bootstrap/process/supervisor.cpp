#include "bootstrap/process/supervisor.hpp"

#include "bootstrap/cluster/cluster_file.hpp"
#include "bootstrap/cluster/files.hpp"
#include "bootstrap/cluster/layout.hpp"
#include "bootstrap/process/child.hpp"
#include "bootstrap/process/run_file.hpp"
#include "bootstrap/process/supervision_fsm.hpp"
#include "runtime/base/clock.hpp"
#include "runtime/base/log.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <sys/wait.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <system_error>

namespace troupe::process {

namespace {

constexpr const char* component = "supervisor";

std::string describe(int status) {
  if (WIFSIGNALED(status))
    return "killed by signal " + std::to_string(WTERMSIG(status));
  return "exit code " + std::to_string(WEXITSTATUS(status));
}

/// The effects of the machine, carried out on one server process.
class server_keeper {
public:
  server_keeper(const supervisor_options& options, std::string member,
                identity self)
      : files_(options.cluster_directory), member_(std::move(member)),
        listen_(options.listen_fd), machine_(supervision_config{}) {
    record_.supervisor = std::move(self);
  }

  /// The lifeline: its read end goes to every server.
  status_result prepare() {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
      return error{errc::unavailable,
                   "pipe: " + std::generic_category().message(errno)};
    lifeline_theirs_.reset(ends[0]);
    lifeline_ours_.reset(ends[1]);
    return save();
  }

  void begin() { carry_out(machine_.begin(mono_now())); }

  void take(const supervision_input& input) {
    carry_out(machine_.step(input, mono_now()));
  }

  /// Asks after the server that may have ended.
  void reap() {
    int status = 0;
    if (server_pid_ == 0 || waitpid(server_pid_, &status, WNOHANG) <= 0)
      return;
    server_pid_ = 0;
    ended(describe(status));
  }

  bool finished() const { return machine_.finished(); }

  std::optional<mono_time> deadline() const { return machine_.deadline(); }

private:
  void carry_out(const std::vector<supervision_effect>& effects) {
    for (auto effect : effects)
      switch (effect) {
        case supervision_effect::start_server:
          start();
          break;
        case supervision_effect::terminate_server:
          kill(server_pid_, SIGTERM);
          break;
        case supervision_effect::kill_server:
          log_warning(component, "the server does not end: killing it");
          kill(server_pid_, SIGKILL);
          break;
        case supervision_effect::finish:
          break;
      }
  }

  void start() {
    child_spec what;
    what.program = this_program;
    what.arguments = {"troupe",        "server", "--cluster-dir", files_.root(),
                      "--member",      member_,  "--listen-fd",   "3",
                      "--lifeline-fd", "4"};
    what.descriptors = {{listen_.get(), 3}, {lifeline_theirs_.get(), 4}};
    what.log_file = files_.log_of(member_);
    what.parent_death_signal = SIGKILL;
    auto pid = spawn(what);
    if (!pid)
      return ended(pid.error().message);
    server_pid_ = *pid;
    record_.server = identify(*pid);
    record_.restarts = machine_.restarts();
    log_info(component,
             "server " + member_ + " is process " + std::to_string(*pid));
    report();
  }

  void ended(const std::string& how) {
    if (machine_.finished())
      return;
    record_.server.reset();
    record_.last_end = how;
    log_warning(component, "server " + member_ + " ended: " + how);
    report();
    take(server_ended{});
  }

  status_result save() {
    return cluster::write_file(files_.run_file(), to_json(record_));
  }

  void report() {
    if (auto saved = save(); !saved)
      log_error(component, saved.error().message);
  }

  cluster::layout files_;
  std::string member_;
  unique_fd listen_;
  unique_fd lifeline_ours_;
  unique_fd lifeline_theirs_;
  supervision_fsm machine_;
  run_record record_;
  int server_pid_ = 0;
};

unique_fd open_signals() {
  sigset_t set;
  sigemptyset(&set);
  for (int signal : {SIGTERM, SIGINT, SIGHUP, SIGCHLD})
    sigaddset(&set, signal);
  sigprocmask(SIG_BLOCK, &set, nullptr);
  return unique_fd{signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK)};
}

void take_signals(const unique_fd& signals, server_keeper& keeper) {
  signalfd_siginfo info;
  while (read(signals.get(), &info, sizeof info)
         == static_cast<ssize_t>(sizeof info))
    if (info.ssi_signo == SIGTERM || info.ssi_signo == SIGINT) {
      log_info(component, "stopping");
      keeper.take(stop_requested{});
    }
}

int wait_milliseconds(const std::optional<mono_time>& deadline) {
  if (!deadline)
    return -1;
  const auto left =
      std::chrono::ceil<std::chrono::milliseconds>(*deadline - mono_now());
  return static_cast<int>(std::clamp<long long>(left.count(), 0, 60'000));
}

void keep(const unique_fd& signals, server_keeper& keeper) {
  keeper.begin();
  while (!keeper.finished()) {
    pollfd what{signals.get(), POLLIN, 0};
    poll(&what, 1, wait_milliseconds(keeper.deadline()));
    take_signals(signals, keeper);
    keeper.reap();
    keeper.take(time_passed{});
  }
}

} // namespace

int run_supervisor(const supervisor_options& options) {
  const cluster::layout files{options.cluster_directory};
  open_log(log_level::info, "");
  const unique_fd lock{options.lock_fd};
  // The lock is ours alone: servers must not keep it when we are gone.
  fcntl(lock.get(), F_SETFD, FD_CLOEXEC);
  const auto signals = open_signals();
  auto about = cluster::load_cluster(files.cluster_file());
  const auto self = identify(getpid());
  if (!about || !self || !signals) {
    log_error(component, about ? "cannot read /proc" : about.error().message);
    return 1;
  }
  server_keeper keeper{options, about->member, *self};
  if (auto ready = keeper.prepare(); !ready) {
    log_error(component, ready.error().message);
    return 1;
  }
  keep(signals, keeper);
  if (auto gone = cluster::remove_tree(files.run_file()); !gone)
    log_warning(component, gone.error().message);
  log_info(component, "stopped");
  return 0;
}

} // namespace troupe::process
