#pragma once

#include "messages/base/result.hpp"
#include "messages/base/time_point.hpp"
#include "node/sandbox/describe.hpp"
#include "node/sys/unique_fd.hpp"

#include <string>
#include <vector>

namespace troupe::sandbox {

/// Starts a shim that listens in `directory`; returns a connection to it.
/// `title` is what process lists show. `already_exists` when one listens there.
result<unique_fd> start_shim(const unique_fd& program,
                             const unique_fd& directory,
                             const std::string& title);

/// Opens the directory of a sandbox.
result<unique_fd> open_directory(const std::string& path);

/// What the journal in `directory` says.
result<std::vector<journal_entry>> read_journal(const unique_fd& directory);

/// Kills what a dead shim left running and waits for each end, `timeout` at
/// most. A process is killed only if it is the very one that the journal names.
void kill_leftovers(const std::vector<journal_entry>& entries,
                    duration timeout);

/// Waits until the process behind the descriptor has ended.
bool wait_for_end(const unique_fd& process, duration timeout);

/// Where the pod's own /dev/shm is mounted on the host. Containers get clones
/// of it.
std::string shm_path(const std::string& directory);

/// Unmounts the pod's /dev/shm and removes what a sandbox keeps in its
/// directory, and the directory if it is empty then.
void remove_sandbox(const unique_fd& directory, const std::string& path);

} // namespace troupe::sandbox
