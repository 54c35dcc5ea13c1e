#pragma once

#include "bootstrap/cluster/cluster_file.hpp"
#include "bootstrap/cluster/layout.hpp"
#include "bootstrap/config/options.hpp"
#include "bootstrap/process/run_file.hpp"

#include <optional>

namespace troupe::cli {

/// What there is of a cluster right now.
struct observation {
  bool exists = false; ///< there is a directory of ours
  std::optional<cluster::cluster_record> record;
  std::optional<process::run_record> run; ///< as left behind
  bool supervisor_alive = false;
};

/// Looks at files and processes. Unreadable files are errors; absent ones are
/// not.
result<observation> observe(const cluster::layout& files);

/// That a process of the cluster outlived every signal.
error survived(const std::string& what, int pid);

/// Ends what an earlier supervisor kept running; each may take `patience`.
status_result end_kept_processes(const observation& seen, duration patience);

/// "https://127.0.0.1:6443".
std::string endpoint(const cluster::cluster_record& record);

/// A path as a shell reads it: quoted where it must be.
std::string shell_word(const std::string& text);

/// The flags that choose this cluster, for commands shown to people: "" or
/// " --name test".
std::string choice_flags(const cluster_choice& choice);

/// Waits a moment between two looks at something.
void pause();

} // namespace troupe::cli
