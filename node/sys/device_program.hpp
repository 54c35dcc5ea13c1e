#pragma once

#include "messages/base/result.hpp"
#include "node/sys/unique_fd.hpp"

#include <linux/bpf.h>

#include <span>

namespace troupe::sys {

/// Gives a program to the kernel that judges the use of devices (bpf(2),
/// BPF_PROG_TYPE_CGROUP_DEVICE). The kernel's verifier has the last word.
result<unique_fd> load_device_program(std::span<const bpf_insn> program);

/// Attaches the program to the group whose directory this is, in place of the
/// one that is there. It stays for as long as the group does, whoever attached
/// it; groups below cannot have another one.
status_result attach_device_program(const unique_fd& group,
                                    const unique_fd& program);

} // namespace troupe::sys
