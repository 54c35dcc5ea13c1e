#include "messages/view/core_v1.hpp"
#include "node/agent/pod_executor.hpp"
#include "node/log/log_reader.hpp"
#include "node/sys/tree_size.hpp"
#include "node/volume/volumes.hpp"
#include "runtime/base/log.hpp"

/// What a pod has written to the node's disk.
namespace troupe::agent {

namespace core = view::core_v1;

namespace {

constexpr const char* component = "agent";

} // namespace

void pod_executor::count_storage(
    pod_ptr pod, std::shared_ptr<const pod::observed_pod> observed) {
  if (!pod::limits_storage(core::pod{*pod}))
    return;
  {
    std::lock_guard lock{mutex_};
    if (std::exchange(counting_, true))
      return;
  }
  post_to(*services_.counters,
          [this, with = job{std::move(pod), std::move(observed)}] {
            auto use = measure_storage(with);
            {
              std::lock_guard lock{mutex_};
              counting_ = false;
            }
            report_(pod::storage_counted{std::move(use)});
          });
}

/// What is not there takes nothing; what is more than can be counted is more
/// than was counted.
pod::storage_use pod_executor::measure_storage(const job& with) const {
  const core::pod view{*with.pod};
  const auto& paths = services_.config.paths;
  const auto metadata = view.metadata();
  const auto logs = container_log::pod_directory(
      paths.logs(), metadata.namespace_(), metadata.name(), metadata.uid());
  const sys::tree_size_limits limits{.stop = [this] { return is_closed(); }};
  const auto measure = [&](const std::string& path) -> std::int64_t {
    const auto size = sys::measure_tree(path, limits);
    if (size && !size->whole && !is_closed())
      log_warning(component,
                  "pod " + uid_ + ": not all of " + path + " could be counted");
    return size ? size->octets : 0;
  };
  pod::storage_use out;
  out.others = measure(paths.etc(uid_));
  for (const auto& each : view.spec().volumes()) {
    const std::string name{each.name()};
    if (each.has_empty_dir())
      out.empty_dirs[name] =
          measure(volume::empty_dir_path(paths.pod(uid_), name));
    else if (each.has_config_map())
      out.others += measure(volume::config_map_path(paths.pod(uid_), name));
  }
  for (const auto& [name, container] : with.observed->containers) {
    const auto own = paths.container(uid_, container.id);
    out.containers[name] = measure(own + "/upper")
                           + measure(own + "/termination-log")
                           + measure(logs + "/" + name);
  }
  return out;
}

} // namespace troupe::agent
