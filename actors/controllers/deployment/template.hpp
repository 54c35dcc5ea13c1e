#pragma once

#include "messages/codec/document.hpp"

#include <cstdint>
#include <string>

namespace troupe::controllers::deployments {

/// Whether two pod templates, of a Deployment or a ReplicaSet, are the same but
/// for the label pod-template-hash. Null is an empty template.
bool same_template(const codec::node* a, const codec::node* b);

/// What to call a template: "6b474476c4", of letters and digits that form no
/// words. `collisions` gives another name when that is taken.
std::string template_hash(const codec::node& pod_template,
                          std::int64_t collisions);

} // namespace troupe::controllers::deployments
