#pragma once

#include "runtime/control/owner_index.hpp"
#include "runtime/control/snapshot.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace troupe::control {

/// One object's step from one view to the next. Never both null.
struct object_change {
  object_key key;
  store::version_ptr before; ///< null: it was not there
  store::version_ptr now;    ///< null: it is gone
};

/// What a controller watches.
struct informer_config {
  /// Keys it hears about; "" is every object.
  std::vector<std::string> prefixes;
  /// Whether it asks who depends on whom.
  bool owners = false;
};

/// The list and watch of one controller. It keeps no copy of any object: it
/// holds one view of the local replica and moves on to newer ones by folding
/// the changes between the two. All prefixes stand at the same revision.
class informer_cache {
public:
  explicit informer_cache(informer_config config);

  /// Moves on to `view`, which is at the cache's revision or later, and hears
  /// of each object that differs, in the order of revisions; the first time,
  /// and when the changes between were compacted, in the order of keys. An
  /// older view changes nothing.
  using visitor = std::function<void(const object_change&)>;
  void advance(std::shared_ptr<const store::store_snapshot> view,
               const visitor& changed);

  /// Revision of the last write it has seen; 0 before the first view.
  store::revision applied() const;

  /// Who depends on whom in the view, or as far as a fold under way has come.
  const owner_index& owners() const { return owners_; }

  /// What reconcilers look at. Only after the first view.
  control::snapshot at(wall_time now) const;

private:
  bool watches(std::string_view key) const;
  void replace(const store::store_snapshot* old, const visitor& changed);
  void take(const object_change& change, const visitor& changed);

  informer_config config_;
  std::shared_ptr<const store::store_snapshot> view_;
  owner_index owners_;
  std::shared_ptr<derived_values> derived_ = std::make_shared<derived_values>();
};

} // namespace troupe::control
