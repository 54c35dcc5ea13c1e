#include "node/pod/config.hpp"

#include <catch2/catch.hpp>

#include <functional>

using namespace troupe;
using namespace std::chrono_literals;

TEST_CASE("a config that makes no sense is refused", "[pod]") {
  pod::pod_config good;
  good.node_name = "n1";
  CHECK(good.validate());
  const std::function<void(pod::pod_config&)> mistakes[] = {
      [](auto& config) { config.node_name.clear(); },
      [](auto& config) { config.backoff_first = 0s; },
      [](auto& config) { config.backoff_max = 1s; },
      [](auto& config) { config.backoff_reset = 1s; },
      [](auto& config) { config.volume_backoff_first = 0s; },
      [](auto& config) { config.volume_backoff_max = 1ns; },
      [](auto& config) { config.retry = 0s; },
      [](auto& config) { config.stop_min = -1s; },
      [](auto& config) { config.pull_error_shown = -1s; },
  };
  for (auto& make : mistakes) {
    auto config = good;
    make(config);
    CHECK(config.validate().error().code == errc::invalid_argument);
  }
}
