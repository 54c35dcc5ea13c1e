#include "messages/codec/validate/resource_names.hpp"

#include <algorithm>
#include <iterator>

namespace troupe::codec {

namespace {

/// Counted, not measured.
constexpr std::string_view counted[] = {"pods",
                                        "resourcequotas",
                                        "services",
                                        "replicationcontrollers",
                                        "secrets",
                                        "configmaps",
                                        "persistentvolumeclaims",
                                        "services.nodeports",
                                        "services.loadbalancers"};

constexpr std::string_view measured[] = {
    "cpu",          "memory",          "ephemeral-storage",
    "requests.cpu", "requests.memory", "requests.ephemeral-storage",
    "limits.cpu",   "limits.memory",   "limits.ephemeral-storage",
    "storage",      "requests.storage"};

template <class Names>
bool is_among(const Names& names, std::string_view name) {
  return std::ranges::find(names, name) != std::end(names);
}

} // namespace

bool is_huge_pages(std::string_view name) {
  return name.starts_with(huge_pages_prefix);
}

bool is_native(std::string_view name) {
  return name.find('/') == std::string_view::npos
         || name.find("kubernetes.io/") != std::string_view::npos;
}

bool is_extended(std::string_view name) {
  if (is_native(name) || name.starts_with("requests."))
    return false;
  return meta::check_qualified_name("requests." + std::string{name}).empty();
}

bool is_standard_resource(std::string_view name) {
  return is_huge_pages(name) || name.starts_with("requests.hugepages-")
         || is_among(counted, name) || is_among(measured, name);
}

void check_quantity(std::string_view name, const meta::quantity& amount,
                    const spot& here) {
  if (amount.sign() < 0)
    here.invalid(amount.text(), "must be greater than or equal to 0");
  const bool whole = amount == meta::quantity::of(amount.value());
  if (!whole && (is_among(counted, name) || is_extended(name)))
    here.invalid(amount.text(), "must be an integer");
}

} // namespace troupe::codec
