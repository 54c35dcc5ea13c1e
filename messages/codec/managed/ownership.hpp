#pragma once

#include "messages/codec/managed/compare.hpp"
#include "messages/codec/managed/field_manager.hpp"

/// The steps that update and apply share.
namespace troupe::codec {

field_owner owner_of(const field_write& write, managed_operation operation);

/// What of `set` an entry records: neither ignored fields nor those of the
/// system (apiVersion, kind, metadata.name, ...).
field_set ownable(field_set set, const field_set* ignored);

/// What others would lose by `changes`, per entry other than `self`; empty sets
/// are left out.
managed_entries contested(const managed_entries& entries,
                          const field_owner* self,
                          const field_changes& changes);

/// Takes written and removed fields out of every entry but that of `self`
/// (null: of all); entries left with nothing go.
void release(managed_entries& entries, const field_owner* self,
             const field_changes& changes);

/// Folds Update entries beyond `update_managers_max` into ancient changes.
void cap_updaters(managed_entries& entries);

} // namespace troupe::codec
