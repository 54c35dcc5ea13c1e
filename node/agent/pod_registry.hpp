#pragma once

#include "node/agent/pod_executor.hpp"
#include "runtime/base/guarded.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace troupe::agent {

/// What others may know of a pod that is on this node.
struct pod_entry {
  pod_ptr pod;
  std::shared_ptr<const pod::observed_pod> observed;
  std::shared_ptr<pod_executor> executor;
  /// The object went away while no agent looked.
  bool vanished = false;
};

/// The node's pods by uid, as their actors last described them: for logs and
/// commands, and for the actor that takes over from one that died. Safe from
/// any thread.
class pod_registry {
public:
  void put(const std::string& uid, pod_entry entry) {
    entries_.with([&](auto& it) { it[uid] = std::move(entry); });
  }

  void erase(const std::string& uid) {
    entries_.with([&](auto& it) { it.erase(uid); });
  }

  std::optional<pod_entry> find(const std::string& uid) const {
    return entries_.with([&](const auto& it) -> std::optional<pod_entry> {
      const auto at = it.find(uid);
      if (at == it.end())
        return std::nullopt;
      return at->second;
    });
  }

private:
  guarded<std::map<std::string, pod_entry>> entries_;
};

} // namespace troupe::agent
