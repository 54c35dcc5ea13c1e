#pragma once

#include "messages/codec/document.hpp"

namespace troupe::codec {

/// What a write may touch. Each call turns what the client sent into what may
/// be stored, before validation; upstream calls it the resource's strategy.
/// Stamps (uid, creationTimestamp, generated name) are the proposer's.

/// Whether a replacement of what is not there creates it.
bool creates_on_update(const schema::resource_desc& resource);

/// Whether an object may be replaced by who does not say which version.
bool updates_unseen(const schema::resource_desc& resource);

/// Whether a deletion that does not say otherwise leaves dependents alone.
bool orphans_dependents(const schema::resource_desc& resource);

/// A new object: no status (the kind may set a first one), generation 1 where
/// it is counted, nothing about deletion.
void prepare_for_create(document& object,
                        const schema::resource_desc& resource);

/// A write to the object itself. System metadata (uid, creationTimestamp,
/// deletion, generation) and the status stay as in `old`; the generation rises
/// when anything but metadata and status differs. Without a resourceVersion
/// `next` takes that of `old`, if the kind allows; so `old` carries its own.
void prepare_for_update(document& next, const document& old,
                        const schema::resource_desc& resource);

/// A write through a subresource. "status" keeps everything of `old` but the
/// status and the client's metadata; others do what the kind's rules say.
void prepare_for_subresource_update(document& next, const document& old,
                                    const schema::resource_desc& resource,
                                    std::string_view subresource);

/// `prepare_for_subresource_update` of "status".
void prepare_for_status_update(document& next, const document& old,
                               const schema::resource_desc& resource);

} // namespace troupe::codec
