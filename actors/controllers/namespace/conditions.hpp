#pragma once

#include "messages/base/time_point.hpp"
#include "messages/codec/document.hpp"

#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace troupe::controllers::namespaces {

/// What is left in a namespace after everything was asked to go.
struct remainder {
  /// "configmaps." or "deployments.apps": how many objects.
  std::map<std::string, std::size_t> resources;
  /// How many objects each finalizer holds.
  std::map<std::string, std::size_t> finalizers;
  /// Why deletions failed, one sentence each.
  std::vector<std::string> failures;
};

/// Sets the five conditions that upstream's namespace controller keeps on
/// `object`, a Namespace, with its reasons and messages; other conditions
/// stay. A condition whose status stays keeps its transition time. False when
/// they were all set already.
bool set_conditions(codec::document& object, const remainder& left,
                    wall_time now);

} // namespace troupe::controllers::namespaces
