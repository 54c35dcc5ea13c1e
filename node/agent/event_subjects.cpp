#include "node/agent/event_subjects.hpp"

#include "messages/view/core_v1.hpp"

namespace troupe::agent {

control::event_subject subject_of_pod(const codec::document& pod) {
  const auto metadata = view::core_v1::pod{pod}.metadata();
  return {"v1",
          "Pod",
          std::string{metadata.namespace_()},
          std::string{metadata.name()},
          std::string{metadata.uid()},
          std::string{metadata.resource_version()}};
}

/// Upstream's kubelet gives the node's name for a uid.
control::event_subject subject_of_node(const std::string& node) {
  return {"v1", "Node", "", node, node, ""};
}

control::event_note note_of(const pod::pod_event& event) {
  return {event.warning, event.reason, event.message, event.field_path};
}

} // namespace troupe::agent
