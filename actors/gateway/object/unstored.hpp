#pragma once

#include "actors/gateway/object/object_call.hpp"
#include "runtime/store/store_snapshot.hpp"

namespace troupe::gateway {

struct stamps;

/// Creations of which nothing is stored: what is created is a question, and
/// what comes back the answer. Safe from any thread.
class unstored_kinds {
public:
  virtual ~unstored_kinds() = default;

  /// Whether the creation is one of these.
  virtual bool has(const object_call& call) const = 0;

  /// The answer to `body`, whose type is the call's, given a state that is as
  /// new as the call. Does not block.
  virtual object_answer answer(const object_call& call,
                               const codec::document& body,
                               const store::store_snapshot& state,
                               const stamps& given) const = 0;
};

} // namespace troupe::gateway
