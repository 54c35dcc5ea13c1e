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
};

/// What is known of a pod's object.
struct known_object {
  pod_ptr pod;
  bool gone = false; ///< from the API
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
    objects_.with([&](auto& it) { it.erase(uid); });
  }

  /// The watch's news, for an actor that takes over: what the last one was told
  /// may have died with it.
  void hear(const std::string& uid, known_object object) {
    objects_.with([&](auto& it) { it[uid] = std::move(object); });
  }

  std::optional<known_object> heard(const std::string& uid) const {
    return look_up(objects_, uid);
  }

  std::optional<pod_entry> find(const std::string& uid) const {
    return look_up(entries_, uid);
  }

private:
  template <class T>
  using table = guarded<std::map<std::string, T>>;

  template <class T>
  static std::optional<T> look_up(const table<T>& in, const std::string& uid) {
    return in.with([&](const auto& it) -> std::optional<T> {
      const auto at = it.find(uid);
      if (at == it.end())
        return std::nullopt;
      return at->second;
    });
  }

  table<pod_entry> entries_;
  table<known_object> objects_;
};

} // namespace troupe::agent
