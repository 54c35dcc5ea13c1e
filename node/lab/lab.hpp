#pragma once

#include "messages/base/result.hpp"
#include "node/lab/lab_plan.hpp"

#include <string>

/// Machines made of network namespaces. A lab is the cable between them: one
/// namespace with a bridge, and one for each server and node, all pinned below
/// one directory and found there again by whoever comes next. The namespace
/// the caller runs in, the machine, is neither joined to the lab nor changed
/// unless the plan has an uplink.
namespace troupe::lab {

/// Builds what `plan` names, or completes it: what exists already and is right
/// stays as it is, with the processes that run in it. Members of an earlier,
/// larger plan are removed. Blocks some milliseconds for each member. Needs
/// root.
///
///     auto plan = make_lab_plan(config);
///     if (auto built = build_lab(*plan); !built)
///       return built.error();
///     // To start a process inside: open(member.netns_path), then setns().
status_result build_lab(const lab_plan& plan);

/// Removes every trace of the lab below `directory` (lab_config::directory),
/// whole or half-built: pins, files, the directory `netns` itself, and the
/// uplink of the namespace the caller runs in.
/// Processes inside should have ended: a namespace lives on, without a cable,
/// until its last process is gone. A lab that is not there is destroyed
/// already.
status_result destroy_lab(const std::string& directory);

} // namespace troupe::lab
