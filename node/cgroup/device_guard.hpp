#pragma once

#include "messages/base/result.hpp"
#include "node/cgroup/device_rules.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::cgroup {

/// Who keeps a group from devices. Groups are whole paths.
class device_guard {
public:
  virtual ~device_guard() = default;

  virtual status_result restrict(std::string_view group,
                                 const std::vector<device_rule>& allowed) = 0;
};

/// By the hierarchy of the devices controller.
std::unique_ptr<device_guard> make_v1_device_guard(std::string mount);

/// By a program attached to the group; it needs no controller.
std::unique_ptr<device_guard> make_v2_device_guard(std::string mount);

} // namespace troupe::cgroup
