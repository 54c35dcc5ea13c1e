#pragma once

#include "actors/scheduler/pod_class.hpp"
#include "runtime/control/informer_cache.hpp"

#include <map>
#include <optional>
#include <string>

namespace troupe::scheduler {

/// Which pods belong together although nothing in them says so: those that a
/// service selects, or that have one controller. Pods without spread
/// constraints of their own are spread by this.
class related_pods {
public:
  /// What to hear of, as key prefixes.
  static const std::vector<std::string>& prefixes();

  /// False when the change is about none of `prefixes`.
  bool change(const control::object_change& change);

  /// Moves on whenever an answer of `of` may be another.
  std::uint64_t epoch() const { return epoch_; }

  /// None when nothing relates the pods of the class to others.
  std::optional<meta::label_selector> of(const pod_class& what,
                                         const control::snapshot& view) const;

private:
  /// Selectors of services, by namespace and key.
  std::map<std::string, std::map<control::object_key, label_set>, std::less<>>
      services_;
  std::uint64_t epoch_ = 0;
};

} // namespace troupe::scheduler
