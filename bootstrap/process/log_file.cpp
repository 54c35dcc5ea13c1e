#include "bootstrap/process/log_file.hpp"

#include <sys/stat.h>

#include <cstdio>

namespace troupe::process {

bool move_large_log(const std::string& file, std::uint64_t octets_max) {
  struct stat about {};
  return stat(file.c_str(), &about) == 0
         && static_cast<std::uint64_t>(about.st_size) > octets_max
         && std::rename(file.c_str(), (file + ".1").c_str()) == 0;
}

} // namespace troupe::process
