#pragma once

#include "messages/base/result.hpp"
#include "messages/view/core_v1.hpp"
#include "node/agent/object_source.hpp"
#include "node/pod/environment.hpp"
#include "node/volume/volumes.hpp"

#include <vector>

namespace troupe::agent {

/// A pod's volumes as plans, with everything they refer to fetched. Blocks for
/// the API. Fails with the volume's name and why, as in the event FailedMount:
/// `MountVolume.SetUp failed for volume "x" : ...`; a kind of volume that this
/// node cannot mount is an error too.
result<std::vector<volume::volume_plan>>
plan_volumes(const view::core_v1::pod& pod, object_source& objects,
             const pod::downward_facts& facts);

/// Whether a volume of the pod follows objects or fields that may change.
bool changes_while_mounted(const view::core_v1::pod& pod);

/// Whose the volumes' files are.
volume::ownership volume_ownership(const view::core_v1::pod& pod);

} // namespace troupe::agent
