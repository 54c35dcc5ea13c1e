#pragma once

#include "runtime/control/informer_cache.hpp"
#include "runtime/control/plan.hpp"
#include "runtime/control/snapshot.hpp"

/// Gives every namespace the service account `default`, as which pods run that
/// name none (Kubernetes documentation, "Managing Service Accounts").
namespace troupe::controllers::service_account {

using control::object_key;

/// Of a namespace: creates the account when it is not there and the namespace
/// is not being deleted.
control::plan reconcile(const control::snapshot& view, const object_key& key);

/// The changed namespace, or the one that lost its account.
void keys_of(const control::object_change& change,
             const control::owner_index& owners,
             const std::function<void(const object_key&)>& enqueue);

} // namespace troupe::controllers::service_account
