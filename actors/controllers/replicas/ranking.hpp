#pragma once

#include "actors/controllers/replicas/pods.hpp"

#include <vector>

namespace troupe::controllers::replicas {

/// Which `count` of the owner's active pods to give up, upstream's choice: the
/// first that differs decides.
///
/// 1. not on a node, before those on one
/// 2. pending, then unknown, then running
/// 3. not ready, before ready
/// 4. a lower annotation controller.kubernetes.io/pod-deletion-cost
/// 5. more active pods of the owner's owner on the same node
/// 6. ready for a shorter time, to powers of two
/// 7. more restarts of a container, then of a sidecar
/// 8. newer, to powers of two
///
/// Times in the same power of two are equal, and the lower uid goes.
std::vector<known_pod> choose_victims(const control::snapshot& view,
                                      const keeper& owner,
                                      std::vector<known_pod> active,
                                      std::size_t count);

} // namespace troupe::controllers::replicas
