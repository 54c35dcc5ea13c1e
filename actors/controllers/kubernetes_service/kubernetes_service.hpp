#pragma once

#include "messages/base/ip.hpp"
#include "runtime/control/informer_cache.hpp"
#include "runtime/control/plan.hpp"
#include "runtime/control/snapshot.hpp"

#include <optional>
#include <string>
#include <vector>

/// Keeps the Service by which pods reach the API, `default/kubernetes`.
namespace troupe::controllers::kubernetes_service {

using control::object_key;

struct settings {
  /// The Service's own address. None: nothing is kept.
  std::optional<ip_address> address;
  /// Where the API listens, on each of `servers`.
  std::int64_t port = 6443;
  /// Addresses of one family; none: the Service leads nowhere.
  std::vector<ip_address> servers;
};

/// `key` is the Service's, and stands for its Endpoints and slice, too.
control::plan reconcile(const control::snapshot& view, const object_key& key,
                        const settings& with);

/// The one key, for a change of any of the three.
void keys_of(const control::object_change& change,
             const control::owner_index& owners,
             const std::function<void(const object_key&)>& enqueue);

object_key service_key();

/// What it watches.
std::vector<std::string> watched();

} // namespace troupe::controllers::kubernetes_service
