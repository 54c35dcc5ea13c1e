#pragma once

#include "messages/base/result.hpp"

#include <cstdint>
#include <vector>

namespace troupe::sandbox {

/// The RuntimeDefault profile as a BPF program, one `sock_filter` per number:
/// what containers may call, after containerd's and Docker's default. The rest
/// fails with EPERM; calls newer than libseccomp knows fail with ENOSYS, so
/// that programs fall back as on an older kernel. Some calls come with
/// capabilities, as bits of `capabilities`.
result<std::vector<std::uint64_t>> default_filter(std::uint64_t capabilities);

} // namespace troupe::sandbox
