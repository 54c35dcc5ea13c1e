#pragma once

#include "messages/base/bytes.hpp"
#include "messages/base/result.hpp"
#include "node/pod/observed.hpp"

#include <string>

namespace troupe::view::core_v1 {
class pod;
} // namespace troupe::view::core_v1

/// What the agent keeps on disk about a pod: the part of `observed_pod` that
/// nothing else can tell. Work that was under way when the agent died is not
/// in it, it is asked for again.
namespace troupe::pod {

/// JSON, canonical: equal states give equal texts. Write it, durably, whenever
/// it differs from the text written before, before carrying out actions.
std::string encode_record(const observed_pod& observed);

/// What a record says. Containers, sandbox and volumes read as they were
/// recorded: before computing, apply the facts about what became of them
/// (container_exited, sandbox_died); containers that run on need no fact.
/// Fails with `corrupt`, or with `too_large` past a MiB.
result<observed_pod> decode_record(bytes_view text);

/// A pod this node has no record of: start time, restart counts and last exits
/// are taken from the pod's status, so that they never go back.
observed_pod observe_new(const view::core_v1::pod& pod, wall_time now);

} // namespace troupe::pod
