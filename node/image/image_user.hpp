#pragma once

#include "messages/base/bytes.hpp"
#include "messages/base/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::image {

/// Who a container's process is.
struct process_user {
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
  std::vector<std::uint32_t> groups; ///< of /etc/group, ascending, without gid
  std::string name;                  ///< of the passwd entry, or ""
  std::string home = "/";            ///< of the passwd entry

  friend bool operator==(const process_user&, const process_user&) = default;
};

/// Resolves `spec` ("", "name", "uid", "name:group", "uid:gid") against the
/// texts of an image's /etc/passwd and /etc/group. A number without an entry
/// is used as it is, with group 0 unless one is given; a name without an entry
/// fails with `not_found`: `unable to find user app: no matching entries in
/// passwd file`. With an explicit group there are no further groups, as runc
/// has it. Lines that cannot be read are skipped. Pure.
result<process_user> resolve_user(std::string_view spec, bytes_view passwd,
                                  bytes_view group);

/// The same for an image: reads the two files from its layers, topmost first
/// and without following links out of them; `layers` is bottom first as in
/// `image_record`.
result<process_user> find_user(const std::vector<std::string>& layers,
                               std::string_view spec);

inline constexpr std::size_t account_file_size_max = 4 * 1024 * 1024;

} // namespace troupe::image
