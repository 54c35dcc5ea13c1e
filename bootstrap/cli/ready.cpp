#include "bootstrap/cli/ready.hpp"

#include "bootstrap/cli/observe.hpp"
#include "bootstrap/client/readiness.hpp"
#include "bootstrap/cluster/files.hpp"
#include "bootstrap/cluster/material.hpp"
#include "bootstrap/config/duration_text.hpp"
#include "runtime/base/clock.hpp"

#include <algorithm>

namespace troupe::cli {

namespace {

constexpr duration attempt_max = std::chrono::seconds{1};
constexpr duration progress_every = std::chrono::seconds{3};

result<client::api_access> find_access(const cluster::layout& files,
                                       const cluster::cluster_record& record) {
  auto found = cluster::load_admin_material(files);
  if (!found)
    return found.error();
  return client::api_access{record.port, found->authority.certificate,
                            found->admin.certificate, found->admin.private_key};
}

std::string last_lines(const std::string& path) {
  auto text = cluster::read_tail(path, 1500);
  if (const auto cut = text.find('\n'); text.size() >= 1500)
    text.erase(0, cut + 1);
  return text.empty() ? std::string{} : "\nIts last lines:\n" + text;
}

error not_ready(const cluster::layout& files,
                const cluster::cluster_record& record, std::string what) {
  const auto log = files.log_of(record.member);
  return {errc::unavailable,
          std::move(what) + "\nSee " + log + "." + last_lines(log)};
}

/// The API, and all nodes there are to be.
status_result check_cluster(const client::api_access& access,
                            const cluster::cluster_record& record,
                            duration timeout) {
  if (auto ready = client::check_ready(access, timeout);
      !ready || record.nodes == 0)
    return ready;
  auto count = client::count_ready_nodes(access, timeout);
  if (!count)
    return count.error();
  if (*count >= record.nodes)
    return unit{};
  return error{errc::unavailable, std::to_string(*count) + " of "
                                      + std::to_string(record.nodes)
                                      + " nodes are ready"};
}

/// Why there is nothing to wait for any more, if so.
std::optional<error> find_end(const cluster::layout& files,
                              const cluster::cluster_record& record) {
  auto seen = observe(files);
  if (!seen)
    return seen.error();
  if (seen->run && !seen->supervisor_alive)
    return not_ready(files, record, "the cluster's supervisor has ended");
  return std::nullopt;
}

} // namespace

status_result ask_ready(const cluster::layout& files,
                        const cluster::cluster_record& record,
                        duration timeout) {
  auto access = find_access(files, record);
  if (!access)
    return access.error();
  return client::check_ready(*access, timeout);
}

status_result wait_ready(const cluster::layout& files,
                         const cluster::cluster_record& record,
                         duration timeout, std::ostream& err) {
  auto access = find_access(files, record);
  if (!access)
    return access.error();
  const auto start = mono_now();
  auto progress_due = start + progress_every;
  for (;;) {
    const auto left = start + timeout - mono_now();
    auto ready =
        check_cluster(*access, record,
                      std::clamp<duration>(left, std::chrono::milliseconds{100},
                                           attempt_max));
    if (ready)
      return ready;
    if (auto ended = find_end(files, record))
      return *ended;
    const auto now = mono_now();
    if (now - start >= timeout)
      return not_ready(files, record,
                       "the cluster is not ready after "
                           + describe_duration(timeout) + ": "
                           + ready.error().message);
    if (now >= progress_due) {
      progress_due += progress_every;
      err << "waiting for the cluster (" << describe_duration(now - start)
          << "): " << ready.error().message << std::endl;
    }
    pause();
  }
}

} // namespace troupe::cli
