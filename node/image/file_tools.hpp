#pragma once

#include "messages/base/bytes.hpp"
#include "messages/base/result.hpp"
#include "node/sys/unique_fd.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// Files as a store needs them. Errors read "<operation> <path>: <reason>".
namespace troupe::image {

result<unique_fd> open_file(const std::string& path, int flags,
                            unsigned mode = 0600);

/// Writes all of it.
status_result write_all(int fd, bytes_view data, std::string_view path);

/// fsync; `path` is for the error.
status_result sync_file(int fd, std::string_view path);
status_result sync_directory(const std::string& path);

/// Renames and makes the new name durable. Both in the same file system.
status_result rename_durably(const std::string& from, const std::string& to);

/// Replaces or makes `path`: after a crash it has the old content or the new.
status_result replace_file(const std::string& path, bytes_view content);

/// The whole file; `not_found` when absent, `too_large` past `size_max`.
result<bytes> read_whole(const std::string& path, std::size_t size_max);

bool exists(const std::string& path);

/// Names in a directory, sorted, without "." and ".."; empty when there is
/// none. Those that begin with a dot are left out: files being written.
std::vector<std::string> names_in(const std::string& directory);

/// Deletes a file or tree; absence is fine. Follows no link and enters no other
/// mount: one inside is `conflict`.
status_result remove_tree(const std::string& path);

/// Octets allocated below `path`, each file once.
std::uint64_t tree_bytes(const std::string& path);

} // namespace troupe::image
