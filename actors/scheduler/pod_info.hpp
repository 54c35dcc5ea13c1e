#pragma once

#include "actors/scheduler/framework.hpp"
#include "runtime/control/object_codec.hpp"

#include <memory>
#include <string>

namespace troupe::scheduler {

/// A pod as the scheduler knows it. Immutable.
struct pod_info : changed_pod {
  control::object_key key;
  std::string name;
  std::string node; ///< "": it has none yet
  std::int64_t priority = 0;
  std::int64_t generation = 0;
  store::revision at; ///< of the version this was read from
  bool ours = false;  ///< it asks for this scheduler
  bool finished = false;
  bool deleting = false;
  bool gated = false;
  bool never_preempts = false;
};

using pod_ptr = std::shared_ptr<const pod_info>;

/// The scheduler pods ask for unless they say otherwise.
inline constexpr std::string_view scheduler_name = "default-scheduler";

pod_info read_pod(const control::object_key& key, const codec::document& doc,
                  store::revision at, class_table& classes);

} // namespace troupe::scheduler
