#pragma once

#include "node/agent/node_document.hpp"
#include "node/agent/pod_core.hpp"
#include "node/agent/services.hpp"

#include <string>
#include <utility>
#include <vector>

/// What the node's actor reads and opens; quick, but not pure.
namespace troupe::agent {

/// The pods an earlier agent kept, by uid.
std::vector<std::pair<std::string, pod_ptr>>
read_kept_pods(const node_paths& paths);

/// Whether an earlier agent saw the end of the pod.
bool was_over(const node_paths& paths, const std::string& uid);

/// Forgets what was kept of a pod of which nothing is left.
void forget_kept_pod(const node_paths& paths, const std::string& uid);

std::vector<node_image> list_images(image::image_service& images);

/// Opens the network with these ranges for pods. Returns what is wrong; empty:
/// it is open.
std::string open_pod_network(node_services& services,
                             const std::vector<std::string>& cidrs);

} // namespace troupe::agent
