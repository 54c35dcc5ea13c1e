#include "node/agent/files.hpp"

#include <filesystem>
#include <fstream>

namespace troupe::agent {

namespace fs = std::filesystem;

namespace {

error failed(const std::string& path, const std::error_code& why) {
  return {why == std::errc::no_such_file_or_directory ? errc::not_found
                                                      : errc::io_error,
          path + ": " + why.message()};
}

} // namespace

status_result write_file(const std::string& path, bytes_view text) {
  const auto beside = path + ".new";
  {
    std::ofstream out{beside, std::ios::binary | std::ios::trunc};
    out.write(text.data(), static_cast<std::streamsize>(text.size()));
    if (!out.flush())
      return error{errc::io_error, beside + ": cannot be written"};
  }
  std::error_code why;
  fs::rename(beside, path, why);
  if (why)
    return failed(path, why);
  return unit{};
}

result<bytes> read_file(const std::string& path, std::size_t octets_max) {
  std::error_code why;
  if (!fs::exists(path, why))
    return error{errc::not_found, path + ": no such file"};
  std::ifstream in{path, std::ios::binary};
  bytes out(octets_max, '\0');
  in.read(out.data(), static_cast<std::streamsize>(octets_max));
  if (in.bad() || !in.is_open())
    return error{errc::io_error, path + ": cannot be read"};
  out.resize(static_cast<std::size_t>(in.gcount()));
  return out;
}

status_result make_directory(const std::string& path) {
  std::error_code why;
  fs::create_directories(path, why);
  if (why)
    return failed(path, why);
  return unit{};
}

} // namespace troupe::agent
