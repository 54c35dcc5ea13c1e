#pragma once

#include "messages/base/bytes.hpp"
#include "messages/base/result.hpp"

#include <cstdint>
#include <map>
#include <stop_token>
#include <string>

namespace troupe::image {

/// The files of an image archive, spread out in a scratch directory that goes
/// with this object. Links between members (docker-save makes them for equal
/// layers) are followed inside the archive.
class archive_spool {
public:
  static result<archive_spool> open(const std::string& archive,
                                    std::string scratch, std::uint64_t size_max,
                                    const std::stop_token& stop);
  ~archive_spool();
  archive_spool(archive_spool&&) noexcept;
  archive_spool& operator=(archive_spool&&) = delete;

  bool has(const std::string& member) const;

  /// The file that holds a member; `corrupt` when the archive has none.
  result<std::string> path_of(const std::string& member) const;

  /// A small member's content.
  result<bytes> read(const std::string& member, std::size_t max) const;

private:
  explicit archive_spool(std::string scratch) : scratch_{std::move(scratch)} {}

  status_result spread(const std::string& archive, std::uint64_t size_max,
                       const std::stop_token& stop);

  std::string scratch_;
  std::map<std::string, std::string> files_; ///< member → file
  std::map<std::string, std::string> links_; ///< member → member
};

} // namespace troupe::image
