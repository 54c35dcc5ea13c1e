#include "bootstrap/cli/ready.hpp"

#include "bootstrap/cli/foreground.hpp"
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

/// What is missing, and the log of whom it is missing from.
struct lack {
  std::string what;
  std::string log;
};

error describe(const lack& it) {
  return {errc::unavailable,
          it.what + "\nSee " + it.log + "." + last_lines(it.log)};
}

/// What keeps the API, or one of all the nodes there are to be, from being
/// ready.
std::optional<lack> find_lack(const client::api_access& access,
                              const cluster::layout& files,
                              const cluster::cluster_record& record,
                              duration timeout) {
  const auto server = files.log_of(record.member);
  if (auto ready = client::check_ready(access, timeout); !ready)
    return lack{ready.error().message, server};
  if (record.nodes == 0)
    return std::nullopt;
  const auto ready = client::find_ready_nodes(access, timeout);
  if (!ready)
    return lack{ready.error().message, server};
  for (const auto& name : cluster::node_names(record))
    if (std::ranges::find(*ready, name) == ready->end())
      return lack{"node " + name + " is not ready", files.log_of(name)};
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
                         const process::identity& supervisor, duration timeout,
                         std::ostream& err) {
  auto access = find_access(files, record);
  if (!access)
    return access.error();
  const auto start = mono_now();
  auto progress_due = start + progress_every;
  for (;;) {
    const auto left = start + timeout - mono_now();
    auto missing =
        find_lack(*access, files, record,
                  std::clamp<duration>(left, std::chrono::milliseconds{100},
                                       attempt_max));
    if (!missing)
      return unit{};
    if (interrupted())
      return error{errc::unavailable, "interrupted"};
    if (!process::is_alive(supervisor))
      return describe(
          {"the cluster's supervisor has ended", files.log_of("supervisor")});
    const auto now = mono_now();
    if (now - start >= timeout)
      return describe({"the cluster is not ready after "
                           + describe_duration(timeout) + ": " + missing->what,
                       missing->log});
    if (now >= progress_due) {
      progress_due += progress_every;
      err << "waiting for the cluster (" << describe_duration(now - start)
          << "): " << missing->what << std::endl;
    }
    pause();
  }
}

} // namespace troupe::cli
