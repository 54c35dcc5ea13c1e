#include "node/pod/service_variables.hpp"

#include <algorithm>
#include <cctype>
#include <map>

namespace troupe::pod {

namespace core = view::core_v1;

namespace {

constexpr std::string_view api_service = "kubernetes";
constexpr std::string_view api_namespace = "default";

std::string upper(std::string_view text) {
  std::string out{text};
  std::transform(out.begin(), out.end(), out.begin(), [](unsigned char c) {
    return c == '-' ? '_' : static_cast<char>(std::toupper(c));
  });
  return out;
}

std::string lower(std::string_view text) {
  std::string out{text};
  std::transform(out.begin(), out.end(), out.begin(), [](unsigned char c) {
    return static_cast<char>(std::tolower(c));
  });
  return out;
}

bool has_address(const core::service& service) {
  const auto address = service.spec().cluster_ip();
  return !address.empty() && address != "None";
}

/// "10.96.0.1:80", "[fd00::1]:80".
std::string host_and_port(std::string_view host, const std::string& port) {
  const bool v6 = host.find(':') != std::string_view::npos;
  return (v6 ? "[" + std::string{host} + "]" : std::string{host}) + ":" + port;
}

class variables_of {
public:
  variables_of(const core::service& service, std::vector<env_var>& out)
      : prefix_(upper(service.metadata().name())),
        host_(service.spec().cluster_ip()), ports_(service.spec().ports()),
        out_(out) {}

  void add() {
    if (ports_.empty())
      return;
    set("_SERVICE_HOST", host_);
    set("_SERVICE_PORT", std::to_string(ports_[0].port()));
    for (const auto& port : ports_)
      if (!port.name().empty())
        set("_SERVICE_PORT_" + upper(port.name()), std::to_string(port.port()));
    bool first = true;
    for (const auto& port : ports_) {
      add_link(port, first);
      first = false;
    }
  }

private:
  void add_link(const core::service_port& port, bool first) {
    const auto protocol =
        lower(port.protocol().empty() ? "TCP" : port.protocol());
    const auto number = std::to_string(port.port());
    const auto url = protocol + "://" + host_and_port(host_, number);
    const auto own = "_PORT_" + number + "_" + upper(protocol);
    if (first)
      set("_PORT", url);
    set(own, url);
    set(own + "_PROTO", protocol);
    set(own + "_PORT", number);
    set(own + "_ADDR", host_);
  }

  void set(const std::string& name, const std::string& value) {
    out_.push_back({prefix_ + name, value});
  }

  const std::string prefix_;
  const std::string host_;
  const view::list<core::service_port> ports_;
  std::vector<env_var>& out_;
};

} // namespace

std::vector<env_var>
make_service_variables(const std::vector<core::service>& services,
                       std::string_view ns, bool links) {
  std::map<std::string_view, core::service> chosen; ///< by name
  for (const auto& service : services) {
    const auto metadata = service.metadata();
    if (!has_address(service))
      continue;
    if (links && metadata.namespace_() == ns)
      chosen[metadata.name()] = service;
    else if (metadata.namespace_() == api_namespace
             && metadata.name() == api_service)
      chosen.emplace(api_service, service);
  }
  std::vector<env_var> out;
  for (const auto& [name, service] : chosen)
    variables_of{service, out}.add();
  return out;
}

} // namespace troupe::pod
