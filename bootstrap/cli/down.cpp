#include "bootstrap/cli/down.hpp"

#include "bootstrap/cli/observe.hpp"
#include "bootstrap/cluster/files.hpp"
#include "bootstrap/cluster/kubeconfig_file.hpp"
#include "bootstrap/config/duration_text.hpp"
#include "bootstrap/nodes/nodes.hpp"
#include "bootstrap/process/lock_file.hpp"
#include "runtime/base/clock.hpp"

#include <filesystem>

namespace troupe::cli {

namespace {

/// A server follows its supervisor at once; this is for one that was left.
constexpr duration orphan_patience = std::chrono::seconds{10};

status_result end_processes(const observation& seen, duration patience) {
  if (!seen.run)
    return unit{};
  const auto& run = *seen.run;
  if (!process::end_process(run.supervisor, patience))
    return survived("supervisor", run.supervisor.pid);
  return end_kept_processes(seen, orphan_patience);
}

/// Ends what runs and takes the lock. An `up` that is at work just now may
/// start something in between: then again.
result<unique_fd> take_over(const cluster::layout& files, duration patience) {
  const auto deadline = mono_now() + patience + orphan_patience;
  for (;;) {
    auto seen = observe(files);
    if (!seen)
      return seen.error();
    if (auto ended = end_processes(*seen, patience); !ended)
      return ended.error();
    auto lock = process::take_lock(files.lock_file());
    if (lock || lock.error().code != errc::conflict || mono_now() >= deadline)
      return lock;
    pause();
  }
}

/// What remains is what `up` needs to go on.
status_result remove_run(const cluster::layout& files) {
  for (const auto& path : {files.run(), files.logs(), files.kubeconfig()})
    if (auto gone = cluster::remove_tree(path); !gone)
      return gone;
  return cluster::remove_tree(files.lock_file());
}

status_result remove_all(const cluster::layout& files,
                         const down_options& options, const std::string& name,
                         const console& to) {
  auto record = cluster::load_cluster(files.cluster_file());
  if (record)
    for (const auto& path : record->kubeconfigs)
      if (auto gone =
              cluster::remove_from_file(path, cluster::access_name(name));
          !gone)
        to.err << "troupe: " << gone.error().message << std::endl;
  if (auto gone = cluster::remove_tree(files.root()); !gone)
    return gone;
  // The default base is ours as well: gone when it is empty.
  std::error_code ignored;
  if (options.cluster.directory.empty())
    std::filesystem::remove(std::filesystem::path{files.root()}.parent_path(),
                            ignored);
  return unit{};
}

status_result take_down(const std::string& name, const down_options& options,
                        const console& to) {
  auto files = cluster::find_layout(options.cluster.directory, name);
  if (!files)
    return files.error();
  auto seen = observe(*files);
  if (!seen)
    return seen.error();
  if (!seen->exists) {
    to.out << "There is no cluster \"" << name << "\" in " << files->root()
           << "." << std::endl;
    return unit{};
  }
  auto lock = take_over(*files, options.timeout);
  if (!lock)
    return lock.error();
  // An `up` may have written it since.
  auto record = cluster::load_cluster(files->cluster_file());
  if (!record && record.error().code != errc::not_found)
    return record.error();
  if (record)
    if (auto cleared = nodes::remove_traces(*files, *record); !cleared)
      return cleared;
  auto gone = options.keep_state ? remove_run(*files)
                                 : remove_all(*files, options, name, to);
  if (!gone)
    return gone;
  to.out << "Cluster \"" << name << "\" is "
         << (options.keep_state ? "stopped; 'troupe up' goes on with its state."
                                : "removed.")
         << std::endl;
  return unit{};
}

} // namespace

int run_down(const down_options& options, const console& to) {
  if (!options.all) {
    auto done = take_down(options.cluster.name, options, to);
    return done ? exit_success : to.fail(done.error());
  }
  auto names = cluster::list_clusters(options.cluster.directory);
  if (!names)
    return to.fail(names.error());
  if (names->empty())
    to.out << "There is no cluster." << std::endl;
  int code = exit_success;
  for (const auto& name : *names)
    if (auto done = take_down(name, options, to); !done)
      code = to.fail(done.error());
  return code;
}

} // namespace troupe::cli
