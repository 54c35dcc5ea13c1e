#include "node/pod/sandbox_files.hpp"

#include "node/pod/spec.hpp"

#include <algorithm>

namespace troupe::pod {

namespace {

constexpr std::size_t label_max = 63;    // RFC 1123
constexpr std::size_t hostname_max = 64; // of the kernel
constexpr std::size_t nameservers_max = 3;
constexpr std::size_t searches_max = 32;
constexpr std::size_t searches_size_max = 2048;

/// The pod's own name among others; no domain.
std::string short_hostname(const view::core_v1::pod& pod) {
  const auto spec = pod.spec();
  if (spec.has_hostname_override())
    return std::string{spec.hostname_override()};
  auto name = spec.hostname().empty() ? pod.metadata().name() : spec.hostname();
  if (name.size() > label_max) {
    name = name.substr(0, label_max);
    while (!name.empty() && (name.back() == '-' || name.back() == '.'))
      name.remove_suffix(1);
  }
  return std::string{name};
}

std::string domain(const view::core_v1::pod& pod,
                   std::string_view cluster_domain) {
  const auto spec = pod.spec();
  if (spec.subdomain().empty() || spec.has_hostname_override())
    return {};
  std::string out{spec.subdomain()};
  out.append(".").append(pod.metadata().namespace_()).append(".svc.");
  return out.append(cluster_domain);
}

std::vector<std::string_view> words(std::string_view line) {
  std::vector<std::string_view> out;
  std::size_t at = 0;
  while (true) {
    at = line.find_first_not_of(" \t\r", at);
    if (at == std::string_view::npos)
      return out;
    const auto end = std::min(line.find_first_of(" \t\r", at), line.size());
    out.push_back(line.substr(at, end - at));
    at = end;
  }
}

struct resolver {
  std::vector<std::string> nameservers;
  std::vector<std::string> searches;
  std::vector<std::string> options;
};

void add_unique(std::vector<std::string>& to, std::string_view value) {
  if (std::find(to.begin(), to.end(), value) == to.end())
    to.emplace_back(value);
}

void read_line(resolver& out, std::string_view line) {
  const auto all = words(line);
  if (all.size() < 2 || all[0].front() == '#' || all[0].front() == ';')
    return;
  if (all[0] == "nameserver")
    add_unique(out.nameservers, all[1]);
  // Of these the last line counts.
  if (all[0] == "search")
    out.searches.assign(all.begin() + 1, all.end());
  if (all[0] == "options")
    out.options.assign(all.begin() + 1, all.end());
}

resolver read_resolver(std::string_view text) {
  resolver out;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    read_line(out, text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

bool asks_cluster(const view::core_v1::pod& pod, const dns_settings& dns) {
  const auto policy = pod.spec().dns_policy();
  if (dns.cluster_dns.empty())
    return false;
  return policy == "ClusterFirstWithHostNet"
         || (policy == "ClusterFirst" && !pod.spec().host_network());
}

resolver by_policy(const view::core_v1::pod& pod, const dns_settings& dns) {
  if (pod.spec().dns_policy() == "None")
    return {};
  auto out = read_resolver(dns.node_resolv_conf);
  if (!asks_cluster(pod, dns))
    return out;
  out.nameservers = dns.cluster_dns;
  out.options = {"ndots:5"};
  std::vector<std::string> searches;
  const auto services = "svc." + dns.cluster_domain;
  add_unique(searches,
             std::string{pod.metadata().namespace_()} + "." + services);
  add_unique(searches, services);
  add_unique(searches, dns.cluster_domain);
  for (auto& each : out.searches)
    add_unique(searches, each);
  out.searches = std::move(searches);
  return out;
}

/// Options replace those of the same name.
void set_option(std::vector<std::string>& options, std::string_view name,
                std::string_view value) {
  std::erase_if(options, [&](std::string_view each) {
    return each.substr(0, each.find(':')) == name;
  });
  std::string text{name};
  if (!value.empty())
    text.append(":").append(value);
  options.push_back(std::move(text));
}

void add_wishes(resolver& to, const view::core_v1::pod_dns_config& wishes) {
  for (auto each : wishes.nameservers())
    add_unique(to.nameservers, each);
  for (auto each : wishes.searches())
    add_unique(to.searches, each);
  for (auto each : wishes.options())
    set_option(to.options, each.name(), each.value());
}

void limit(resolver& to) {
  if (to.nameservers.size() > nameservers_max)
    to.nameservers.resize(nameservers_max);
  if (to.searches.size() > searches_max)
    to.searches.resize(searches_max);
  std::size_t size = 0;
  for (std::size_t i = 0; i < to.searches.size(); ++i) {
    size += to.searches[i].size() + (i == 0 ? 0 : 1);
    if (size > searches_size_max) {
      to.searches.resize(i);
      return;
    }
  }
}

std::string line(std::string_view name, const std::vector<std::string>& all) {
  if (all.empty())
    return {};
  std::string out{name};
  for (auto& each : all)
    out += ' ' + each;
  return out + '\n';
}

} // namespace

result<std::string> pod_hostname(const view::core_v1::pod& pod,
                                 std::string_view node_hostname,
                                 std::string_view cluster_domain) {
  if (pod.spec().host_network())
    return std::string{node_hostname};
  if (!pod.spec().set_hostname_as_fqdn())
    return short_hostname(pod);
  auto name = pod_fqdn(pod, cluster_domain);
  if (name.empty())
    return short_hostname(pod);
  if (name.size() > hostname_max)
    return error{errc::too_large,
                 "failed to construct FQDN from pod hostname and cluster "
                 "domain, FQDN "
                     + name + " is too long (" + std::to_string(hostname_max)
                     + " characters is the max, " + std::to_string(name.size())
                     + " characters requested)"};
  return name;
}

std::string pod_fqdn(const view::core_v1::pod& pod,
                     std::string_view cluster_domain) {
  const auto suffix = domain(pod, cluster_domain);
  return suffix.empty() ? std::string{} : short_hostname(pod) + "." + suffix;
}

std::string hosts_file(const view::core_v1::pod& pod,
                       std::span<const std::string> addresses,
                       std::string_view hostname,
                       std::string_view cluster_domain,
                       std::string_view node_hosts) {
  std::string out;
  if (pod.spec().host_network()) {
    out = "# Kubernetes-managed hosts file (host network).\n";
    out += node_hosts;
  } else {
    out = "# Kubernetes-managed hosts file.\n"
          "127.0.0.1\tlocalhost\n"
          "::1\tlocalhost ip6-localhost ip6-loopback\n"
          "fe00::0\tip6-localnet\n"
          "fe00::0\tip6-mcastprefix\n"
          "fe00::1\tip6-allnodes\n"
          "fe00::2\tip6-allrouters\n";
    const auto full = pod_fqdn(pod, cluster_domain);
    const auto own = full.empty() ? std::string{hostname}
                                  : full + '\t' + short_hostname(pod);
    for (auto& each : addresses)
      out += each + '\t' + own + '\n';
  }
  const auto aliases = pod.spec().host_aliases();
  if (!aliases.empty())
    out += "\n# Entries added by HostAliases.\n";
  for (auto each : aliases) {
    out += each.ip();
    for (auto name : each.hostnames())
      out.append("\t").append(name);
    out += '\n';
  }
  return out;
}

std::string resolv_conf(const view::core_v1::pod& pod,
                        const dns_settings& dns) {
  auto resolver = by_policy(pod, dns);
  add_wishes(resolver, pod.spec().dns_config());
  limit(resolver);
  auto out = line("search", resolver.searches);
  for (auto& each : resolver.nameservers)
    out += "nameserver " + each + '\n';
  return out + line("options", resolver.options);
}

} // namespace troupe::pod
