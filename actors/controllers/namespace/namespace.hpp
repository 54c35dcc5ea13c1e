#pragma once

#include "runtime/control/informer_cache.hpp"
#include "runtime/control/plan.hpp"
#include "runtime/control/snapshot.hpp"

/// Empties a namespace that is being deleted and lets it go (Kubernetes:
/// "Namespaces", the finalizer "kubernetes" of spec.finalizers).
namespace troupe::controllers::namespaces {

using control::object_key;

/// Of a namespace that is not being deleted, or that was let go before, it
/// wants nothing. Otherwise, in this order, one step following from the last:
///
/// 1. delete every object of every namespaced resource that is not being
///    deleted yet, and say in the status's conditions what remains;
/// 2. once nothing remains and the conditions say so: take the finalizer
///    "kubernetes" out of the spec, through the subresource `finalize`.
///
/// An empty namespace needs no confirmation: nothing is created in a namespace
/// once its deletion is committed, and the view that shows the deletion shows
/// everything created before it.
control::plan reconcile(const control::snapshot& view, const object_key& key);

/// The namespace of the changed object, or the changed namespace.
void keys_of(const control::object_change& change,
             const control::owner_index& owners,
             const std::function<void(const object_key&)>& enqueue);

} // namespace troupe::controllers::namespaces
