#pragma once

#include "messages/base/result.hpp"

#include <cstddef>
#include <string>
#include <string_view>

/// Small files of a cluster directory. Errors read "<path>: <reason>".
namespace troupe::cluster {

/// Files read whole are no larger; a larger one is `too_large`.
inline constexpr std::size_t file_octets_max = 4u << 20;

/// The whole file; `not_found` when absent.
result<std::string> read_file(const std::string& path);

/// Replaces the file at once: written beside (mode 0600), made durable,
/// renamed. Readers see the old text or the new one.
status_result write_file(const std::string& path, std::string_view text);

/// Makes the directory and its parents, and gives it mode 0700. Returns
/// whether it was not there before.
result<bool> make_directory(const std::string& path);

/// Removes a file or a whole tree; what is absent is fine.
status_result remove_tree(const std::string& path);

/// The last `octets` of a file, or less; empty when it cannot be read.
std::string read_tail(const std::string& path, std::size_t octets);

} // namespace troupe::cluster
