#pragma once

#include "bootstrap/cluster/kubeconfig.hpp"
#include "messages/base/result.hpp"

#include <string>

/// Access in files of the user's. A file that is no kubeconfig is left alone
/// and reported, naming it.
namespace troupe::cluster {

/// The absolute path of `path`, with symbolic links resolved, so that a
/// replaced file stays behind its link.
result<std::string> resolve_path(const std::string& path);

/// ~/.kube/config of this user; `not_found` without HOME.
result<std::string> user_kubeconfig();

/// Whether `add_to_file` could read it; an absent file is fine.
status_result check_file(const std::string& path);

/// Adds or replaces; makes the file (0600) and its directory when absent.
status_result add_to_file(const std::string& path, const access& value);

/// Brings up to date what `add_to_file` added, where it is still there; which
/// context is current stays.
status_result refresh_in_file(const std::string& path, const access& value);

/// Takes the entries out, and removes the file when nothing is left in it. An
/// absent file is fine.
status_result remove_from_file(const std::string& path,
                               const std::string& name);

} // namespace troupe::cluster
