#include "bootstrap/cli/version.hpp"

#include "bootstrap/config/version.hpp"

#include <nlohmann/json.hpp>

namespace troupe::cli {

int run_version(const version_options& options, const console& to) {
  if (options.output == output_format::json) {
    const nlohmann::ordered_json json{
        {"version", product_version()},
        {"kubernetesApi", kubernetes_api_version()}};
    to.out << json.dump(2) << std::endl;
  } else {
    to.out << "troupe " << product_version() << " (Kubernetes API "
           << kubernetes_api_version() << ")" << std::endl;
  }
  return exit_success;
}

} // namespace troupe::cli
