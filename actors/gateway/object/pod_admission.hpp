#pragma once

#include "actors/gateway/object/object_call.hpp"
#include "actors/gateway/object/refusal.hpp"
#include "messages/codec/document.hpp"

#include <optional>

/// What is decided about a pod beside its defaults, because it depends on the
/// cluster: upstream's admission plug-ins DefaultTolerationSeconds and
/// Priority.
namespace troupe::gateway {

/// Adds to a pod that is to be written: it stays for as long as the call's
/// settings say on a node that is not ready or not reachable, and has the
/// priority of its class. `old` is null for a creation. Passes over other kinds
/// and subresources. 403 for a class that is not there.
std::optional<api::status> admit_pod(const object_call& call,
                                     codec::document& object,
                                     const codec::document* old);

} // namespace troupe::gateway
