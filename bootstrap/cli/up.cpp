#include "bootstrap/cli/up.hpp"

#include "bootstrap/cli/choices.hpp"
#include "bootstrap/cli/foreground.hpp"
#include "bootstrap/cli/observe.hpp"
#include "bootstrap/cli/preparation.hpp"
#include "bootstrap/cli/published_json.hpp"
#include "bootstrap/cli/ready.hpp"
#include "bootstrap/cluster/kubeconfig.hpp"
#include "bootstrap/process/child.hpp"
#include "runtime/base/clock.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <csignal>
#include <cstdio>

namespace troupe::cli {

namespace {

/// A cluster that runs, by whoever's doing.
struct running_cluster {
  cluster::cluster_record record;
  process::identity supervisor;
  bool started = false; ///< by us
};

class bring_up {
public:
  bring_up(const up_options& options, cluster::layout files, const console& to)
      : options_(options), files_(std::move(files)), to_(to),
        begin_(mono_now()) {
    // nop
  }

  int run() {
    if (options_.foreground)
      hold_signals();
    auto running = start_or_join();
    if (!running)
      return to_.fail(running.error());
    auto ready = wait_ready(files_, running->record, running->supervisor,
                            time_left(), to_.err);
    if (!ready)
      return give_up(*running, ready.error());
    announce(*running);
    if (!options_.foreground || !running->started || stay(running->supervisor))
      return exit_success;
    return to_.fail(
        {errc::unavailable, "the cluster's supervisor did not end well: see "
                                + files_.log_of("supervisor")});
  }

private:
  duration time_left() const {
    return std::max<duration>(begin_ + options_.timeout - mono_now(), {});
  }

  /// Starts the cluster, or finds it running. Another `up` or a `down` may be
  /// at work just now: looks again until it is clear.
  result<running_cluster> start_or_join() {
    for (;;) {
      auto ready = prepare_cluster(options_, files_);
      if (ready)
        return start(std::move(*ready));
      if (!ready.error().message.empty())
        return ready.error();
      auto seen = observe(files_);
      if (!seen)
        return seen.error();
      if (seen->supervisor_alive && seen->record)
        return join(std::move(*seen->record), seen->run->supervisor);
      if (interrupted())
        return error{errc::unavailable, "interrupted"};
      if (time_left() == duration{})
        return error{errc::unavailable,
                     files_.lock_file()
                         + " is held by another 'troupe up' or 'troupe down' "
                           "that does not finish"};
      pause();
    }
  }

  result<running_cluster> join(cluster::cluster_record record,
                               const process::identity& supervisor) {
    if (auto same = check_running(options_, record); !same)
      return same.error();
    auto shared = share_access(options_, files_, std::move(record));
    if (!shared)
      return shared.error();
    return running_cluster{std::move(*shared), supervisor};
  }

  result<running_cluster> start(prepared_cluster cluster) {
    if (!cluster.remark.empty())
      to_.err << "troupe: " << cluster.remark << std::endl;
    process::child_spec what;
    what.program = process::this_program;
    what.arguments = {
        "troupe",      "supervisor", "--cluster-dir", files_.root(),
        "--listen-fd", "3",          "--lock-fd",     "4"};
    what.descriptors = {{cluster.listen.get(), 3}, {cluster.lock.get(), 4}};
    for (int place = 5; const auto& each : cluster.published)
      what.descriptors.emplace_back(each.get(), place++);
    what.log_file = files_.log_of("supervisor");
    what.detached = !options_.foreground;
    if (options_.foreground)
      what.parent_death_signal = SIGTERM;
    auto pid = process::spawn(what);
    if (!pid)
      return pid.error();
    return running_cluster{
        std::move(cluster.record),
        process::identify(*pid).value_or(process::identity{}), true};
  }

  /// In the foreground nothing may be left running.
  int give_up(const running_cluster& running, const error& why) {
    if (options_.foreground && running.started) {
      process::end_process(running.supervisor, options_.timeout);
      return to_.fail(why);
    }
    if (!process::is_alive(running.supervisor))
      return to_.fail(why);
    to_.err << "troupe: " << why.message << "\nIt goes on trying; look with "
            << "'troupe status" << choice_flags(options_.cluster)
            << "', remove it with 'troupe down"
            << choice_flags(options_.cluster) << "'." << std::endl;
    return exit_failure;
  }

  double seconds() const {
    return std::chrono::duration<double>(mono_now() - begin_).count();
  }

  void announce(const running_cluster& running) const {
    if (options_.output == output_format::json)
      print_json(running);
    else
      print_text(running);
  }

  void print_json(const running_cluster& running) const {
    const nlohmann::ordered_json json{
        {"name", options_.cluster.name},
        {"directory", files_.root()},
        {"endpoint", endpoint(running.record)},
        {"port", running.record.port},
        {"published", published_json(running.record)},
        {"kubeconfig", files_.kubeconfig()},
        {"uid", running.record.uid},
        {"started", running.started},
        {"ready", true},
        {"seconds", seconds()},
    };
    to_.out << json.dump(2) << std::endl;
  }

  void print_text(const running_cluster& running) const {
    char took[32];
    std::snprintf(took, sizeof took, "%.1f s", seconds());
    const auto& flags = options_.cluster;
    to_.out << "Cluster \"" << flags.name
            << (running.started ? "\" is ready at "
                                : "\" is running already at ")
            << endpoint(running.record) << " (" << took << ").\n";
    for (const auto& each : running.record.published)
      to_.out << "127.0.0.1:" << each.port << " leads to node port "
              << each.node_port << ".\n";
    to_.out << "\n";
    if (running.record.kubeconfigs.empty())
      to_.out << "  export KUBECONFIG=" << shell_word(files_.kubeconfig())
              << "\n";
    else
      to_.out << "  kubectl config use-context "
              << cluster::access_name(flags.name) << "\n";
    to_.out << "  kubectl get namespaces\n\n";
    if (options_.foreground && running.started)
      to_.out << "Ctrl-C stops it." << std::endl;
    else
      to_.out << "'troupe status" << choice_flags(flags)
              << "' shows it, 'troupe down" << choice_flags(flags)
              << "' removes it." << std::endl;
  }

  const up_options& options_;
  cluster::layout files_;
  const console& to_;
  mono_time begin_;
};

} // namespace

int run_up(const up_options& options, const console& to) {
  auto files =
      cluster::find_layout(options.cluster.directory, options.cluster.name);
  if (!files)
    return to.fail(files.error());
  return bring_up{options, std::move(*files), to}.run();
}

} // namespace troupe::cli
