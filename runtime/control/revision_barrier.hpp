#pragma once

#include "runtime/control/object_codec.hpp"

#include <map>
#include <set>
#include <vector>

namespace troupe::control {

/// Holds keys back until the local view covers what is known about them, so
/// that a stale view never acts twice: after writes until their revisions are
/// applied; after an unknown outcome, or before an action that rests on an
/// absence, until a linearizable read has passed.
class revision_barrier {
public:
  /// Holds the key until `applied(at)` or later.
  void wait_for(const object_key& key, store::revision at);

  /// The view covers `at`: the keys that go on, in order.
  std::vector<object_key> applied(store::revision at);

  /// Holds the key until a read passes that starts after this call.
  void wait_for_read(const object_key& key);

  /// Whether to start a read now: some keys wait for one and none is under
  /// way. It covers the keys that wait so far.
  bool start_read();

  /// The read under way has ended, well or not: the keys it covered.
  std::vector<object_key> end_read();

private:
  std::map<store::revision, std::vector<object_key>> revisions_;
  std::vector<object_key> unread_;
  std::vector<object_key> reading_;
  bool read_under_way_ = false;
};

} // namespace troupe::control
