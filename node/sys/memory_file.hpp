#pragma once

#include "messages/base/bytes.hpp"
#include "messages/base/result.hpp"
#include "node/sys/unique_fd.hpp"

#include <string>

namespace troupe::sys {

/// A file in memory with these octets that nobody can change any more. With
/// `executable` it may be executed.
result<unique_fd> make_memory_file(const std::string& name, bytes_view content,
                                   bool executable);

/// Reads an open file from its beginning to its end, `size_max` octets at most
/// (`too_large`).
result<bytes> read_all(const unique_fd& file, std::size_t size_max);

} // namespace troupe::sys
