#include "messages/codec/validate/warning_texts.hpp"

#include "messages/base/ip.hpp"

#include <algorithm>
#include <iterator>

namespace troupe::codec {

namespace {

struct label_note {
  std::string_view key;
  std::string_view note;
};

constexpr label_note notes[] = {
    {"beta.kubernetes.io/arch",
     "deprecated since v1.14; use \"kubernetes.io/arch\" instead"},
    {"beta.kubernetes.io/os",
     "deprecated since v1.14; use \"kubernetes.io/os\" instead"},
    {"failure-domain.beta.kubernetes.io/region",
     "deprecated since v1.17; use \"topology.kubernetes.io/region\" instead"},
    {"failure-domain.beta.kubernetes.io/zone",
     "deprecated since v1.17; use \"topology.kubernetes.io/zone\" instead"},
    {"beta.kubernetes.io/instance-type",
     "deprecated since v1.17; use \"node.kubernetes.io/instance-type\" "
     "instead"},
    {"app.kubernetes.io/created-by", "deprecated since v1.9"},
    {"scheduler.alpha.kubernetes.io/preferAvoidPods",
     "deprecated since v1.22; use Taints and Tolerations instead"},
    {"node-role.kubernetes.io/master",
     "use \"node-role.kubernetes.io/control-plane\" instead"},
};

constexpr std::size_t mapped_prefix_length = 12;

/// The IPv4 address that an IPv6 address only wraps.
std::optional<ip_address> unmapped(const ip_address& address) {
  const auto octets = address.octets();
  const bool mapped = address.family() == ip_family::v6
                      && std::all_of(octets.begin(), octets.begin() + 10,
                                     [](auto octet) { return octet == 0; })
                      && static_cast<unsigned char>(octets[10]) == 0xff
                      && static_cast<unsigned char>(octets[11]) == 0xff;
  if (!mapped)
    return std::nullopt;
  const auto inner =
      ip_address::from_octets(octets.substr(mapped_prefix_length));
  return inner ? std::optional{*inner} : std::nullopt;
}

} // namespace

void warn_address(std::string_view address, const spot& here,
                  warning_list& out) {
  const auto parsed = ip_address::parse(address);
  if (!parsed)
    return;
  const auto shown = meta::quoted(address);
  if (const auto inner = unmapped(*parsed))
    out.at(here, "non-standard IP address " + shown
                     + " will be considered invalid in a future Kubernetes "
                       "release: use "
                     + meta::quoted(inner->to_string()));
  else if (parsed->family() == ip_family::v6 && parsed->to_string() != address)
    out.at(here, "IPv6 address " + shown
                     + " should be in RFC 5952 canonical format ("
                     + meta::quoted(parsed->to_string()) + ")");
}

void warn_range(std::string_view range, const spot& here, warning_list& out) {
  const auto parsed = ip_prefix::parse_masked(range);
  const auto address = ip_address::parse(range.substr(0, range.find('/')));
  if (!parsed || !address)
    return;
  const auto shown = meta::quoted(range);
  if (*address != parsed->first())
    out.at(here, "CIDR value " + shown
                     + " is ambiguous in this context (should be "
                     + meta::quoted(parsed->to_string()) + " or "
                     + meta::quoted(address->to_string() + "/"
                                    + std::to_string(address->bits()))
                     + "?)");
  else if (parsed->family() == ip_family::v6 && parsed->to_string() != range)
    out.at(here, "IPv6 CIDR value " + shown
                     + " should be in RFC 5952 canonical format ("
                     + meta::quoted(parsed->to_string()) + ")");
}

std::string_view deprecated_node_label(std::string_view key) {
  const auto found = std::ranges::find(notes, key, &label_note::key);
  return found == std::end(notes) ? std::string_view{} : found->note;
}

} // namespace troupe::codec
