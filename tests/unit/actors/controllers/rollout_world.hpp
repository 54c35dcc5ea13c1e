#pragma once

#include "tests/unit/actors/controllers/controller_world.hpp"

#include <optional>
#include <string>
#include <vector>

namespace troupe::test {

/// A Deployment "web" in the namespace "shop", its controller, and ReplicaSets
/// that say they have the pods they should have, as far as a test allows.
class rollout_world {
public:
  rollout_world();

  /// Creates the Deployment, or makes its spec and annotations those of `yaml`,
  /// as a user would. Returns what the API says.
  std::string apply(const std::string& yaml);

  /// Changes the stored object through the API.
  using edit = std::function<void(codec::document&)>;
  std::string change(const control::object_key& key, const edit& how,
                     const std::string& subresource = "");

  /// The ReplicaSet has as many pods as it wants, and `ready` of them are
  /// ready; `ending` more are on their way out. All that are ready are
  /// available, unless said otherwise.
  void report(const std::string& name, std::int64_t ready,
              std::int64_t ending = 0,
              std::optional<std::int64_t> available = std::nullopt);

  std::vector<std::string> sets() const;
  std::int64_t size_of(const std::string& name) const;
  /// The set whose template has the image of the Deployment's, or "".
  std::string newest() const;

  controller_world world;
  controller_runner runner;

  static constexpr auto web = "apps/deployments/shop/web";
  static constexpr auto prefix = "apps/replicasets/shop/";
};

/// The image of the first container of a Deployment's or ReplicaSet's template.
std::string image_of(const codec::document& object);

} // namespace troupe::test
