#pragma once

#include "messages/view/core_v1.hpp"

#include <cstddef>
#include <string>

namespace troupe::codec {

/// A pod in a few words, as `kubectl get pods` shows it.
struct pod_summary {
  std::size_t ready = 0;
  std::size_t total = 0;
  std::string status;
  std::int64_t restarts = 0;
  std::string_view last_restart; ///< when its last container ended, or ""
};

/// Views point into the document of `pod`.
pod_summary summarize(view::core_v1::pod pod);

} // namespace troupe::codec
