#include "bootstrap/config/version.hpp"

namespace troupe {

std::string_view product_version() {
  return TROUPE_VERSION;
}

std::string_view kubernetes_api_version() {
  return "v1.35";
}

} // namespace troupe
