#pragma once

#include "messages/base/result.hpp"
#include "node/pod/config.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::view::core_v1 {
class container;
class pod;
} // namespace troupe::view::core_v1

namespace troupe::pod {

struct env_var {
  std::string name;
  std::string value;

  friend auto operator<=>(const env_var&, const env_var&) = default;
};

using text_map = std::map<std::string, std::string, std::less<>>;

/// The ConfigMaps and Secrets of the pod's namespace that exist, by name; a
/// Secret's values are decoded octets.
struct env_sources {
  std::map<std::string, text_map, std::less<>> config_maps;
  std::map<std::string, text_map, std::less<>> secrets;
};

/// An object a container's environment needs. Optional ones may be missing.
struct env_reference {
  bool secret = false; ///< else a ConfigMap
  std::string name;

  friend auto operator<=>(const env_reference&, const env_reference&) = default;
};

/// What to look up before `make_environment`, sorted, each once.
std::vector<env_reference>
env_references(const view::core_v1::container& container);

/// What the downward API tells beside the pod itself.
struct downward_facts {
  std::string node_name;
  std::vector<std::string> host_addresses;
  std::vector<std::string> pod_addresses;
  /// Stand in for limits a container does not set. Thousandths; octets.
  std::int64_t node_milli_cpu = 0;
  std::int64_t node_memory = 0;
  std::int64_t node_ephemeral_storage = 0;
};

/// `$(NAME)` replaced by the variable's value; `$$` is one `$`; a reference to
/// nothing stays as it is. `lookup` has the last one win.
std::string expand(std::string_view text, std::span<const env_var> variables);

/// The container's environment, in the order in which it is built: service
/// variables, envFrom in order, env in order; a later one of the same name
/// replaces the value in place. Fails with upstream's texts: `configmap "x"
/// not found`, `couldn't find key k in ConfigMap ns/x`.
result<std::vector<env_var>>
make_environment(const view::core_v1::pod& pod,
                 const view::core_v1::container& container,
                 const env_sources& sources, const downward_facts& facts,
                 std::span<const env_var> service_variables);

/// The value of a fieldRef: metadata.name, metadata.labels['x'],
/// metadata.labels
/// (`a="b"` lines; volumes only), spec.nodeName, status.podIP, ...
result<std::string> downward_field(const view::core_v1::pod& pod,
                                   std::string_view field_path,
                                   const downward_facts& facts);

/// The value of a resourceFieldRef: `limits.cpu` and its like of a container,
/// in multiples of `divisor` ("" is 1), rounded up.
result<std::string> downward_resource(const view::core_v1::container& container,
                                      std::string_view resource,
                                      std::string_view divisor,
                                      const downward_facts& facts);

} // namespace troupe::pod
