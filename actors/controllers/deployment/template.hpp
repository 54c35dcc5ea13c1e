#pragma once

#include "messages/codec/document.hpp"

#include <cstdint>
#include <string>

namespace troupe::controllers::deployments {

/// A pod template of a Deployment or a ReplicaSet, to compare others with: they
/// are the same but for the label pod-template-hash. Null is an empty template.
class template_pattern {
public:
  explicit template_pattern(const codec::node* pod_template);

  bool matches(const codec::node* pod_template) const;

private:
  codec::document plain_;
};

/// What to call a template: "6b474476c4", of letters and digits that form no
/// words. `collisions` gives another name when that is taken.
std::string template_hash(const codec::node& pod_template,
                          std::int64_t collisions);

} // namespace troupe::controllers::deployments
