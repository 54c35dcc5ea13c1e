#pragma once

#include <sys/types.h>

#include <map>
#include <string>

namespace troupe::volume {

/// A directory that is gone afterwards, in a mount namespace of the test's
/// own: what a test mounts ends with it at the latest.
class scratch {
public:
  scratch();
  scratch(const scratch&) = delete;
  scratch& operator=(const scratch&) = delete;
  ~scratch();

  const std::string& path() const { return path_; }

  std::string operator/(const std::string& name) const {
    return path_ + "/" + name;
  }

private:
  std::string path_;
};

void write_text(const std::string& path, const std::string& text);
std::string read_text(const std::string& path);

/// Permission bits, set-group and sticky bits included.
mode_t mode_of(const std::string& path);
gid_t group_of(const std::string& path);
uid_t user_of(const std::string& path);

/// What a reader of the volume finds: name to text, through the links.
std::map<std::string, std::string> visible(const std::string& directory);

} // namespace troupe::volume
