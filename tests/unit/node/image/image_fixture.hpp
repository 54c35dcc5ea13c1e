#pragma once

#include "node/image/image_service.hpp"

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace troupe::image::test {

/// A directory that goes with the object.
class scratch {
public:
  scratch();
  ~scratch();
  scratch(const scratch&) = delete;
  scratch& operator=(const scratch&) = delete;

  std::string operator/(std::string_view name) const {
    return path_ + "/" + std::string{name};
  }

private:
  std::string path_;
};

/// One member of a tar to be written.
struct member {
  std::string name;
  char type = 'f';       ///< f d l (symlink) h (hard link) c p
  std::string content{}; ///< or target
  mode_t mode = 0644;
  uid_t uid = 0;
  gid_t gid = 0;
  std::vector<std::pair<std::string, std::string>> xattrs{};
};

/// Writes a pax tar; `filter` is "", "gzip" or "zstd".
void write_tar(const std::string& path, const std::vector<member>& members,
               const std::string& filter = "");

void write_text(const std::string& path, const std::string& text);
std::string read_text(const std::string& path);

/// Runs a shell command; its exit code.
int run(const std::string& command);

/// Calls `condition` until it is true or 30 s have passed.
bool eventually(const std::function<bool()>& condition);

/// Pulls and waits for the outcome.
pull_outcome pull(image_service& images, pull_request request);

} // namespace troupe::image::test
