#include "node/sandbox/seccomp_file.hpp"

#include "node/sandbox/seccomp_profile.hpp"
#include "node/sys/beneath.hpp"
#include "node/sys/memory_file.hpp"
#include "node/sys/os_error.hpp"

#include <fcntl.h>
#include <sys/stat.h>

namespace troupe::sandbox {

namespace {

error cannot_load(const std::string& path, errc code, const std::string& why) {
  return {code, "cannot load seccomp profile \"" + path + "\": " + why};
}

/// The kernel's reason ends the message; programs in Go begin it small.
error cannot_open(const std::string& path, const error& why) {
  auto reason = why.message.substr(why.message.rfind(": ") + 2);
  if (!reason.empty() && reason[0] >= 'A' && reason[0] <= 'Z')
    reason[0] = static_cast<char>(reason[0] - 'A' + 'a');
  return cannot_load(path, why.code, "open " + path + ": " + reason);
}

} // namespace

result<bytes> read_seccomp_profile(const std::string& root,
                                   const std::string& name) {
  const auto path = root + "/" + name;
  const unique_fd top{open(root.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)};
  if (!top)
    return cannot_open(path, sys::os_error("open", root));
  // A pipe must not hold anybody up.
  const auto file =
      sys::open_beneath(top, name, O_RDONLY | O_NONBLOCK, sys::bounds::root);
  if (!file)
    return cannot_open(path, file.error());
  struct stat about = {};
  if (fstat(file->get(), &about) != 0 || !S_ISREG(about.st_mode))
    return cannot_load(path, errc::invalid_argument, "it is no regular file");
  auto text = sys::read_all(*file, profile_size_max);
  if (!text)
    return cannot_load(path, text.error().code,
                       text.error().code == errc::too_large
                           ? "it has more than "
                                 + std::to_string(profile_size_max) + " octets"
                           : text.error().message);
  const auto profile = parse_seccomp_profile(*text);
  if (!profile)
    return error{profile.error().code, "decoding seccomp profile failed \""
                                           + path
                                           + "\": " + profile.error().message};
  return text;
}

} // namespace troupe::sandbox
