#include "node/sys/memory_file.hpp"

#include "node/sys/os_error.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>

#ifndef MFD_EXEC
#define MFD_EXEC 0x0010U
#define MFD_NOEXEC_SEAL 0x0008U
#endif

namespace troupe::sys {

namespace {

bool write_all(int fd, bytes_view content) {
  while (!content.empty()) {
    const auto count = write(fd, content.data(), content.size());
    if (count < 0 && errno == EINTR)
      continue;
    if (count <= 0)
      return false;
    content.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

/// Kernels before 6.3 do not know the wish and grant it always.
unique_fd create(const std::string& name, bool executable) {
  constexpr unsigned usual = MFD_CLOEXEC | MFD_ALLOW_SEALING;
  const auto wish = executable ? MFD_EXEC : MFD_NOEXEC_SEAL;
  unique_fd file{memfd_create(name.c_str(), usual | wish)};
  if (!file && errno == EINVAL)
    file.reset(memfd_create(name.c_str(), usual));
  return file;
}

} // namespace

result<unique_fd> make_memory_file(const std::string& name, bytes_view content,
                                   bool executable) {
  auto file = create(name, executable);
  if (!file || !write_all(file.get(), content)
      || fcntl(file.get(), F_ADD_SEALS,
               F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE)
             != 0)
    return os_error("make the memory file", name);
  return file;
}

result<bytes> read_all(const unique_fd& file, std::size_t size_max) {
  bytes content;
  char part[16 * 1024];
  for (;;) {
    const auto count = pread(file.get(), part, sizeof(part),
                             static_cast<off_t>(content.size()));
    if (count < 0 && errno == EINTR)
      continue;
    if (count < 0)
      return os_error("read", "an open file");
    if (count == 0)
      return content;
    content.append(part, static_cast<std::size_t>(count));
    if (content.size() > size_max)
      return error{errc::too_large, "a file has more than "
                                        + std::to_string(size_max) + " octets"};
  }
}

} // namespace troupe::sys
