#pragma once

#include "actors/gateway/object/local_api.hpp"
#include "runtime/control/control_loop.hpp"
#include "runtime/control/plan.hpp"
#include "runtime/control/snapshot.hpp"
#include "tests/support/local_store.hpp"

#include <memory>
#include <string>
#include <vector>

namespace troupe::test {

/// The write path over a store in memory, with time and ids that repeat, for
/// components to live in: each may do what its role gives. The service account
/// that pods need is there with the first of them.
class api_world {
public:
  api_world();
  api_world(const api_world&) = delete;
  api_world& operator=(const api_world&) = delete;

  /// Puts an object in place as it is, past the write path; YAML with
  /// apiVersion and kind. Returns its key.
  control::object_key place(const std::string& yaml);

  /// Removes an object, past the write path.
  void erase(const control::object_key& key);

  /// One request through the write path.
  api::response call(api::request request);

  /// A user's write.
  api::response act(const control::action& wanted);

  /// A user's DELETE.
  api::response remove(const control::object_key& key,
                       const std::string& propagation_policy);

  /// All that is stored, with the owner index, as of now.
  control::snapshot view() const;

  /// Keys under a prefix, without it.
  std::vector<std::string> names(const std::string& prefix) const;

  control::moment now() const { return {mono, wall}; }
  void advance(duration by);

  local_store store;
  mono_time mono{};
  wall_time wall;

private:
  store::proposal_id next_id();
  void give_account(const api::request& request);

  std::uint64_t drawn_ = 0;
  std::unique_ptr<gateway::local_api> api_;
};

/// A ConfigMap with a name and nothing else.
std::shared_ptr<const codec::document> config_map(const std::string& name);

} // namespace troupe::test
