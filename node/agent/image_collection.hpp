#pragma once

#include "node/agent/image_collector.hpp"
#include "node/image/image_service.hpp"
#include "node/pod/events.hpp"

#include <functional>
#include <vector>

namespace troupe::agent {

/// Carries out what the collector decides, with kubelet's events about the
/// node. Blocks; for one thread at a time.
class image_collection {
public:
  image_collection(image_collection_config config, image::image_service& images,
                   std::function<disk_space()> disk);

  /// One look at store and disk. Several agents of one machine may share both:
  /// each stops as soon as there is room.
  std::vector<pod::pod_event> run(mono_time now);

private:
  status_result collect(mono_time now, std::vector<pod::pod_event>& events);
  result<std::uint64_t> free_space(std::uint64_t wanted, mono_time now);
  void look(mono_time now);

  image_collector collector_;
  image::image_service& images_;
  std::function<disk_space()> disk_;
  bool failed_ = false; ///< the last time
};

} // namespace troupe::agent
