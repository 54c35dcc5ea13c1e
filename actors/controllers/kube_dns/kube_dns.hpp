#pragma once

#include "messages/base/ip.hpp"
#include "runtime/control/informer_cache.hpp"
#include "runtime/control/plan.hpp"
#include "runtime/control/snapshot.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

/// Keeps the Service by which pods reach the DNS of their node,
/// `kube-system/kube-dns`.
namespace troupe::controllers::kube_dns {

using control::object_key;

struct settings {
  /// The Service's own address. None: nothing is kept.
  std::optional<ip_address> address;
};

/// `key` is the Service's, and stands for its slice, too.
control::plan reconcile(const control::snapshot& view, const object_key& key,
                        const settings& with);

/// The one key, for a change of any Node or of what is kept.
void keys_of(const control::object_change& change,
             const control::owner_index& owners,
             const std::function<void(const object_key&)>& enqueue);

object_key service_key();

/// What it watches.
std::vector<std::string> watched();

} // namespace troupe::controllers::kube_dns
