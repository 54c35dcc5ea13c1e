#include "bootstrap/process/supervisor.hpp"

#include "bootstrap/cluster/cluster_file.hpp"
#include "bootstrap/cluster/files.hpp"
#include "bootstrap/cluster/layout.hpp"
#include "bootstrap/nodes/nodes.hpp"
#include "bootstrap/process/keeper.hpp"
#include "bootstrap/process/log_file.hpp"
#include "bootstrap/process/process_plan.hpp"
#include "runtime/base/clock.hpp"
#include "runtime/base/log.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <memory>
#include <system_error>

namespace troupe::process {

namespace {

constexpr const char* component = "supervisor";

/// Between two looks at the sizes of the logs.
constexpr duration log_interval = std::chrono::minutes{1};

/// Everything that runs for the cluster.
class troop {
public:
  troop(const supervisor_options& options, cluster::cluster_record about,
        identity self)
      : files_(options.cluster_directory), about_(std::move(about)),
        listen_(options.listen_fd), self_(std::move(self)) {
    for (std::size_t i = 0; i < about_.published.size(); ++i)
      published_.emplace_back(options.lock_fd + 1 + static_cast<int>(i));
  }

  /// The lifeline: its read end goes to every process of ours.
  status_result prepare() {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
      return error{errc::unavailable,
                   "pipe: " + std::generic_category().message(errno)};
    lifeline_theirs_.reset(ends[0]);
    lifeline_ours_.reset(ends[1]);
    shared_descriptors with{listen_.get(), lifeline_theirs_.get()};
    for (const auto& each : published_)
      with.published.push_back(each.get());
    for (auto& each : plan_processes(about_, files_, with))
      keepers_.push_back(
          std::make_unique<keeper>(std::move(each), [this] { report(); }));
    return save();
  }

  void begin() {
    for (auto& each : keepers_)
      each->begin();
  }

  /// The last that was started ends first.
  void stop() {
    stopping_ = true;
    stop_next();
  }

  void look() {
    for (auto& each : keepers_)
      each->look();
    if (stopping_)
      stop_next();
  }

  /// Moves away what has become large.
  void look_at_logs() {
    if (mono_now() < next_log_look_)
      return;
    next_log_look_ = mono_now() + log_interval;
    for (auto& each : keepers_)
      each->look_at_log(log_octets_max);
    if (move_large_log(files_.log_of(component), log_octets_max))
      reopen_log();
  }

  void reopen_logs() {
    reopen_log();
    for (auto& each : keepers_)
      each->reopen_log();
  }

  bool finished() const {
    return std::ranges::all_of(keepers_,
                               [](auto& each) { return each->finished(); });
  }

  mono_time deadline() const {
    auto out = next_log_look_;
    for (auto& each : keepers_)
      if (auto due = each->deadline())
        out = std::min(out, *due);
    return out;
  }

  /// Nothing that ran on the nodes is left behind.
  void clear_nodes() const {
    if (auto gone = nodes::remove_traces(files_, about_); !gone)
      log_error(component, gone.error().message);
  }

private:
  /// Agents end together; the servers and then the bus follow them, each kind
  /// together too.
  void stop_next() {
    const auto last =
        std::find_if(keepers_.rbegin(), keepers_.rend(),
                     [](const auto& each) { return !each->finished(); });
    if (last == keepers_.rend())
      return;
    for (auto& each : keepers_)
      if (each->record().kind == (*last)->record().kind)
        each->stop();
  }

  status_result save() {
    run_record record;
    record.supervisor = self_;
    for (auto& each : keepers_)
      record.processes.push_back(each->record());
    return cluster::write_file(files_.run_file(), to_json(record));
  }

  void report() {
    if (auto saved = save(); !saved)
      log_error(component, saved.error().message);
  }

  cluster::layout files_;
  cluster::cluster_record about_;
  unique_fd listen_;
  std::vector<unique_fd> published_;
  identity self_;
  unique_fd lifeline_ours_;
  unique_fd lifeline_theirs_;
  std::vector<std::unique_ptr<keeper>> keepers_;
  mono_time next_log_look_{};
  bool stopping_ = false;
};

unique_fd open_signals() {
  sigset_t set;
  sigemptyset(&set);
  for (int signal : {SIGTERM, SIGINT, SIGHUP, SIGCHLD})
    sigaddset(&set, signal);
  sigprocmask(SIG_BLOCK, &set, nullptr);
  return unique_fd{signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK)};
}

void take_signals(const unique_fd& signals, troop& all) {
  signalfd_siginfo info;
  while (read(signals.get(), &info, sizeof info)
         == static_cast<ssize_t>(sizeof info))
    if (info.ssi_signo == SIGTERM || info.ssi_signo == SIGINT) {
      log_info(component, "stopping");
      all.stop();
    } else if (info.ssi_signo == SIGHUP) {
      all.reopen_logs();
    }
}

int wait_milliseconds(mono_time deadline) {
  const auto left =
      std::chrono::ceil<std::chrono::milliseconds>(deadline - mono_now());
  return static_cast<int>(std::clamp<long long>(left.count(), 0, 60'000));
}

void keep(const unique_fd& signals, troop& all) {
  all.begin();
  while (!all.finished()) {
    pollfd what{signals.get(), POLLIN, 0};
    poll(&what, 1, wait_milliseconds(all.deadline()));
    take_signals(signals, all);
    all.look();
    all.look_at_logs();
  }
}

} // namespace

int run_supervisor(const supervisor_options& options) {
  const cluster::layout files{options.cluster_directory};
  open_log(log_level::info, files.log_of(component));
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
  troop all{options, std::move(*about), *self};
  if (auto ready = all.prepare(); !ready) {
    log_error(component, ready.error().message);
    return 1;
  }
  keep(signals, all);
  all.clear_nodes();
  if (auto gone = cluster::remove_tree(files.run_file()); !gone)
    log_warning(component, gone.error().message);
  log_info(component, "stopped");
  return 0;
}

} // namespace troupe::process
