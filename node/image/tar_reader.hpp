#pragma once

#include "messages/base/result.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

struct archive_entry;

namespace troupe::image {

/// One member of a tar. `entry` is good until the next one is read.
struct tar_member {
  archive_entry* entry = nullptr;
  std::string name;
  std::string hard_link; ///< empty when it is none
  std::string symlink;   ///< empty when it is none
};

/// Reads a tar, plain or compressed by gzip or zstd, and hashes its plain
/// octets. `corrupt` when it is none, `too_large` past its limit.
class tar_reader {
public:
  static result<std::unique_ptr<tar_reader>> open(const std::string& file,
                                                  std::uint64_t size_max);

  virtual ~tar_reader() = default;

  /// None at the end.
  virtual result<std::optional<tar_member>> next() = 0;

  /// Writes the content of the member read last, with holes where it is
  /// sparse.
  virtual status_result copy_data(int fd) = 0;

  /// Reads what follows the last member; answers the digest of everything.
  virtual result<std::string> finish() = 0;
};

} // namespace troupe::image
