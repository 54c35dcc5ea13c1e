#include "node/sys/os_error.hpp"

#include <cerrno>
#include <system_error>

namespace troupe::sys {

errc code_of(int number) {
  switch (number) {
    case ENOENT:
    case ENODEV:
    case ESRCH:
      return errc::not_found;
    case EEXIST:
      return errc::already_exists;
    case EBUSY:
    case ENOTEMPTY:
      return errc::conflict;
    case EAGAIN:
    case EMFILE:
    case ENFILE:
    case ENOMEM:
      return errc::unavailable;
    case EACCES:
    case EPERM:
    case EROFS:
      return errc::permission_denied;
    case ENOSPC:
    case EDQUOT:
      return errc::no_space;
    case EFBIG:
    case ENAMETOOLONG:
      return errc::too_large;
    case EINVAL:
    case ENOTDIR:
    case EISDIR:
    case ELOOP:
    case EXDEV:
      return errc::invalid_argument;
    case ENOSYS:
    case EOPNOTSUPP:
      return errc::unsupported;
    default:
      return errc::io_error;
  }
}

error os_error(std::string_view operation, std::string_view subject) {
  const int number = errno;
  auto text = std::string{operation} + " " + std::string{subject} + ": "
              + std::generic_category().message(number);
  return error{code_of(number), std::move(text)};
}

} // namespace troupe::sys
