#pragma once

#include "messages/base/time_point.hpp"
#include "node/agent/dns_values.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace troupe::agent {

/// What the node's network is made of, as the API tells it.
enum class network_kind : std::uint8_t { nodes, services, slices };

inline constexpr std::array network_kinds{
    network_kind::nodes, network_kind::services, network_kind::slices};

/// What the kernel is to be told: all of it, whatever it knows already.
struct network_job {
  std::vector<ip_prefix> pod_cidrs; ///< of this node
  std::vector<network::node_place> nodes;
  /// None: not known yet, what is there stays.
  std::optional<std::vector<network::service_port>> services;

  friend bool operator==(const network_job&, const network_job&) = default;
};

/// Which routes and rules one node is to have, and when: one job at a time,
/// always of the newest there is, so that what comes in bursts is done at once.
/// While the API is away, or was not heard whole yet, things stay as they are.
/// What was done is done again from time to time: a link that goes down takes
/// its routes with it. Pure.
class network_core {
public:
  explicit network_core(std::string name) : name_(std::move(name)) {}

  void heard(network_kind what, const api_call::watch_batch& batch);
  void ended(network_kind what, const std::string& why);

  /// Where the next watch resumes; none: it begins anew.
  std::optional<std::uint64_t> resume_after(network_kind what) const;

  /// The Services; none: not known yet.
  const object_table* services() const;

  /// The cluster's names when they may have changed since this was asked; null:
  /// not so, or not known yet.
  std::shared_ptr<const dns::name_table> next_names(const std::string& domain);

  /// The job to begin now. None while one is under way, and where nothing has
  /// changed since until it is time for another look.
  std::optional<network_job> next(mono_time now);

  /// The job that was begun has ended.
  void done(bool succeeded, mono_time now);

  /// Until the next look when it succeeded, and when it did not.
  static constexpr duration period = std::chrono::seconds{5};
  static constexpr duration retry = std::chrono::seconds{1};

private:
  watched_table& table(network_kind what) {
    return tables_[static_cast<std::size_t>(what)];
  }

  const watched_table& table(network_kind what) const {
    return tables_[static_cast<std::size_t>(what)];
  }

  std::optional<network_job> wanted() const;

  std::string name_;
  std::array<watched_table, network_kinds.size()> tables_;
  bool changed_ = false; ///< since `begun_` was made
  bool names_changed_ = false;
  bool busy_ = false;
  bool failed_ = false;              ///< the last one
  std::optional<network_job> begun_; ///< the last one
  mono_time next_look_{};
};

} // namespace troupe::agent
