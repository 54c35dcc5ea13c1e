#pragma once

#include "messages/base/bytes.hpp"
#include "messages/base/result.hpp"

#include <string>

namespace troupe::sandbox {

/// Reads the profile `name`, a path below the directory `root`, and checks that
/// it is one. Symbolic links lead nowhere outside of `root`. Errors are told as
/// users know them: `cannot load seccomp profile "<root>/<name>": open
/// <root>/<name>: no such file or directory`, `decoding seccomp profile failed
/// "<root>/<name>": <what is wrong>`.
result<bytes> read_seccomp_profile(const std::string& root,
                                   const std::string& name);

} // namespace troupe::sandbox
