#pragma once

#include "runtime/control/informer_cache.hpp"
#include "runtime/control/plan.hpp"
#include "runtime/control/snapshot.hpp"

/// Deletes objects whose owners are gone, as metadata.ownerReferences tell it,
/// for every resource alike (Kubernetes: "Garbage collection", "Owners and
/// dependents").
namespace troupe::controllers::garbage_collector {

using control::object_key;

/// Two roles of one object.
///
/// As an owner being deleted: with the finalizer `orphan` its dependents lose
/// their references to it, with `foregroundDeletion` it waits until no
/// dependent that blocks it is left; then the finalizer goes.
///
/// As a dependent: it is deleted when each of its owners is gone or waits for
/// its dependents in the foreground. An owner is gone when no object with its
/// kind, name and uid is there (in the dependent's own namespace, unless the
/// owner's kind is cluster-scoped). While another owner stays, only the
/// references to those that are gone are taken out. A reference to a kind that
/// is not served, or from a cluster-scoped object to a namespaced one, cannot
/// be judged: the object is left alone.
///
/// What rests on an absence is marked to be confirmed.
control::plan reconcile(const control::snapshot& view, const object_key& key);

/// The changed object itself, its dependents when it goes or begins to be
/// deleted, and its owners that are being deleted.
void keys_of(const control::object_change& change,
             const control::owner_index& owners,
             const std::function<void(const object_key&)>& enqueue);

} // namespace troupe::controllers::garbage_collector
