#pragma once

#include "messages/base/result.hpp"

#include <cstdint>
#include <stop_token>
#include <string>
#include <vector>

namespace troupe::image {

inline constexpr std::uint64_t layer_entries_max = 5'000'000;

/// What is unpacked where.
struct unpack_job {
  std::string blob;      ///< file: a tar, plain or compressed by gzip or zstd
  std::string directory; ///< empty, and nobody else's
  std::vector<std::string>
      below;                  ///< directories of lower layers, topmost first
  std::uint64_t size_max = 0; ///< octets of the tar; more is `too_large`
};

/// Unpacks a layer for overlayfs: owners, modes, times, capabilities, links and
/// devices as in the archive; whiteouts as character devices 0:0 and opaque
/// directories. Answers the digest of the tar. Malformed and malicious archives
/// fail with `corrupt`, a stop with `unavailable`; then the directory is to be
/// thrown away. Nothing is synced.
result<std::string> unpack_layer(const unpack_job& job, std::stop_token stop);

} // namespace troupe::image
