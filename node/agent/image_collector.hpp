#pragma once

#include "messages/base/result.hpp"
#include "messages/base/time_point.hpp"
#include "node/agent/machine.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace troupe::agent {

/// When images that nobody uses go; the defaults are kubelet's.
struct image_collection_config {
  /// Percent of their disk in use, from 0 to 100, at which images go; 100:
  /// never.
  unsigned high_percent = 85;
  /// Down to which they go; not above `high_percent`.
  unsigned low_percent = 80;
  /// An image stays so long after it was first seen.
  duration age_min = std::chrono::minutes{2};
  /// Between two looks at the disk.
  duration period = std::chrono::minutes{5};

  friend bool operator==(const image_collection_config&,
                         const image_collection_config&) = default;

  /// Names the field that is wrong.
  status_result validate() const;
};

/// An image of the store.
struct collectable_image {
  std::string id;
  bool used = false; ///< now
};

/// Decides which images go. Pure. Like kubelet's, it knows how long an image
/// is there and when it was last used only from what it was shown; what is
/// there at the first look counts as old.
class image_collector {
public:
  explicit image_collector(image_collection_config config);

  const image_collection_config& config() const { return config_; }

  /// What is in the store now.
  void look(const std::vector<collectable_image>& images, mono_time now);

  /// Octets to free; 0 below the high threshold.
  std::uint64_t wanted(const disk_space& disk) const;

  /// Ids of what may go, the longest unused first, then the longest known.
  std::vector<std::string> candidates(mono_time now) const;

private:
  struct known {
    std::optional<mono_time> since; ///< none: before the first look
    std::optional<mono_time> used;  ///< last
    bool in_use = false;
  };

  image_collection_config config_;
  bool looked_ = false;
  std::map<std::string, known> images_;
};

} // namespace troupe::agent
