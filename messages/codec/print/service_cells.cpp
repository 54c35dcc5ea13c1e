#include "messages/codec/print/service_cells.hpp"

#include "messages/base/json_escape.hpp"
#include "messages/view/core_v1.hpp"
#include "messages/view/discovery_v1.hpp"

#include <set>

namespace troupe::codec {

namespace {

namespace core = view::core_v1;
namespace discovery = view::discovery_v1;

constexpr std::size_t shown_max = 3;

/// Joins with commas the first few of what is added to it.
class short_list {
public:
  void add(std::string_view text) {
    if (count_++ < shown_max)
      text_.append(text_.empty() ? "" : ",").append(text);
  }

  std::string text() const {
    if (count_ <= shown_max)
      return text_;
    return text_ + " + " + std::to_string(count_ - shown_max) + " more...";
  }

private:
  std::string text_;
  std::size_t count_ = 0;
};

void append_or(std::string& out, std::string_view text,
               std::string_view otherwise) {
  append_json_string(out, text.empty() ? otherwise : text);
}

template <class Texts>
std::string joined(const Texts& texts) {
  std::string out;
  for (std::string_view text : texts)
    out.append(out.empty() ? "" : ",").append(text);
  return out;
}

std::string balancer_text(core::load_balancer_status status) {
  std::set<std::string_view> ways;
  for (auto way : status.ingress())
    if (!way.ip().empty())
      ways.insert(way.ip());
    else if (!way.hostname().empty())
      ways.insert(way.hostname());
  return joined(ways);
}

std::string external_text(core::service service) {
  const auto spec = service.spec();
  const auto type = spec.type();
  auto own = joined(spec.external_ips());
  if (type == "ClusterIP" || type == "NodePort")
    return own.empty() ? "<none>" : own;
  if (type == "ExternalName")
    return std::string{spec.external_name()};
  if (type != "LoadBalancer")
    return "<unknown>";
  auto out = balancer_text(service.status().load_balancer());
  if (!own.empty())
    out.append(out.empty() ? "" : ",").append(own);
  return out.empty() ? "<pending>" : out;
}

std::string host_and_port(std::string_view address, std::int64_t port) {
  const bool bare = address.find(':') == std::string_view::npos;
  std::string out{bare ? "" : "["};
  return out.append(address)
      .append(bare ? ":" : "]:")
      .append(std::to_string(port));
}

void add_addresses(core::endpoint_subset subset, short_list& out) {
  // A headless service may have no ports.
  if (subset.ports().empty())
    for (auto address : subset.addresses())
      out.add(address.ip());
  for (auto port : subset.ports())
    for (auto address : subset.addresses())
      out.add(host_and_port(address.ip(), port.port()));
}

} // namespace

void append_service_cluster_ip(std::string& out, const node& service,
                               wall_time) {
  const auto all = core::service{&service}.spec().cluster_ips();
  append_json_string(out, all.empty() ? "<none>" : all[0]);
}

void append_service_external_ip(std::string& out, const node& service,
                                wall_time) {
  append_json_string(out, external_text(core::service{&service}));
}

void append_service_ports(std::string& out, const node& service, wall_time) {
  std::string text;
  for (auto port : core::service{&service}.spec().ports()) {
    text.append(text.empty() ? "" : ",").append(std::to_string(port.port()));
    if (port.node_port() > 0)
      text.append(":").append(std::to_string(port.node_port()));
    text.append("/").append(port.protocol());
  }
  append_or(out, text, "<none>");
}

void append_endpoints_addresses(std::string& out, const node& endpoints,
                                wall_time) {
  const auto subsets = core::endpoints{&endpoints}.subsets();
  if (subsets.empty())
    return append_json_string(out, "<none>");
  short_list list;
  for (auto subset : subsets)
    add_addresses(subset, list);
  append_json_string(out, list.text());
}

void append_slice_ports(std::string& out, const node& slice, wall_time) {
  short_list list;
  for (auto port : discovery::endpoint_slice{&slice}.ports())
    if (port.has_port())
      list.add(std::to_string(port.port()));
    else
      list.add(port.has_name() ? port.name() : "*");
  append_or(out, list.text(), "<unset>");
}

void append_slice_endpoints(std::string& out, const node& slice, wall_time) {
  short_list list;
  for (auto endpoint : discovery::endpoint_slice{&slice}.endpoints())
    for (auto address : endpoint.addresses())
      list.add(address);
  append_or(out, list.text(), "<unset>");
}

} // namespace troupe::codec
