#pragma once

#include "messages/base/bytes.hpp"
#include "messages/base/result.hpp"

#include <string>

/// Small files of a node's own. Errors read "<path>: <reason>".
namespace troupe::agent {

/// Replaces the file in one step. What a power cut leaves may be the file
/// before or none: containers do not outlive it either.
status_result write_file(const std::string& path, bytes_view text);

/// At most `octets_max` from the file's beginning; `not_found` when absent.
result<bytes> read_file(const std::string& path, std::size_t octets_max);

/// Makes the directory and its parents.
status_result make_directory(const std::string& path);

} // namespace troupe::agent
