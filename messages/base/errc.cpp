#include "messages/base/errc.hpp"

namespace troupe {

std::string_view to_string(errc code) {
  switch (code) {
    case errc::invalid_argument:
      return "invalid_argument";
    case errc::not_found:
      return "not_found";
    case errc::already_exists:
      return "already_exists";
    case errc::conflict:
      return "conflict";
    case errc::out_of_range:
      return "out_of_range";
    case errc::too_large:
      return "too_large";
    case errc::expired:
      return "expired";
    case errc::unavailable:
      return "unavailable";
    case errc::permission_denied:
      return "permission_denied";
    case errc::no_space:
      return "no_space";
    case errc::corrupt:
      return "corrupt";
    case errc::unsupported:
      return "unsupported";
    case errc::io_error:
      return "io_error";
  }
  return "unknown";
}

} // namespace troupe
