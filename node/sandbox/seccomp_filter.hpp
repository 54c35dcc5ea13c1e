#pragma once

#include "messages/base/result.hpp"
#include "node/sandbox/seccomp_profile.hpp"

#include <cstdint>
#include <vector>

namespace troupe::sandbox {

/// The RuntimeDefault profile as a BPF program, one `sock_filter` per number:
/// what containers may call, after containerd's and Docker's default. The rest
/// fails with EPERM; calls newer than libseccomp knows fail with ENOSYS, so
/// that programs fall back as on an older kernel. Some calls come with
/// capabilities, as bits of `capabilities`.
result<std::vector<std::uint64_t>> default_filter(std::uint64_t capabilities);

/// The same of a profile, for a process with these capabilities on this kernel.
/// Names of calls that libseccomp does not know are passed over. Unless the
/// profile lets pass what it does not name, calls newer than the newest it
/// names fail with ENOSYS. `invalid_argument` for an architecture that does
/// not exist, `too_large` for what is longer than the kernel takes.
result<std::vector<std::uint64_t>> profile_filter(const seccomp_rules& profile,
                                                  std::uint64_t capabilities,
                                                  kernel_version kernel);

} // namespace troupe::sandbox
