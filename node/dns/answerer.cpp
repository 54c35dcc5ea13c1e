#include "node/dns/answerer.hpp"

#include "node/dns/flags.hpp"
#include "node/dns/name.hpp"

#include <algorithm>
#include <optional>

namespace troupe::dns {

namespace {

/// Of aliases that lead to each other within the cluster.
constexpr int aliases_max = 8;

template <class T>
std::vector<T> turned(std::vector<T> all, std::uint64_t turn) {
  if (!all.empty())
    std::rotate(all.begin(),
                all.begin() + static_cast<std::ptrdiff_t>(turn % all.size()),
                all.end());
  return all;
}

record_type type_of(const ip_address& address) {
  return address.family() == ip_family::v4 ? record_type::a : record_type::aaaa;
}

class answering {
public:
  answering(const zone_config& config, const name_table& names,
            const question& asked, std::uint64_t turn)
      : config_(config), names_(names), asked_(asked), turn_(turn) {
    out_.authoritative = true;
  }

  verdict name();
  answer pointer(const ip_address& address);

private:
  bool wants(record_type what) const {
    return asked_.asks(what) || asked_.asks(record_type::any);
  }

  void add(std::string_view owner, record_type type, record_data data) {
    out_.answers.push_back(
        {std::string{owner}, type, cluster_ttl, std::move(data)});
  }

  /// What is not in the table but follows from the name.
  std::optional<name_entry> computed(std::string_view name) const;
  void add_entry(std::string_view owner, const name_entry& entry);
  void add_apex();
  answer none(response_code code, std::string_view zone);

  record soa(std::string_view zone) const;

  std::string name_server() const { return "ns.dns." + config_.domain; }

  const zone_config& config_;
  const name_table& names_;
  const question& asked_;
  std::uint64_t turn_;
  answer out_;
};

verdict answering::name() {
  std::string name = asked_.name;
  for (int i = 0; i < aliases_max; ++i) {
    if (!is_within(name, config_.domain))
      return ask_for_alias{std::move(out_), std::move(name)};
    const auto* found = names_.find(name);
    const auto made = found == nullptr ? computed(name) : std::nullopt;
    const auto* entry = made ? &*made : found;
    if (entry == nullptr)
      return none(response_code::name_error, config_.domain);
    if (!entry->alias.empty()) {
      add(name, record_type::cname, name_data{entry->alias});
      if (asked_.asks(record_type::cname))
        return std::move(out_);
      name = entry->alias;
      continue;
    }
    if (name == config_.domain)
      add_apex();
    add_entry(name, *entry);
    return none(response_code::no_error, config_.domain);
  }
  return failure(response_code::server_failure);
}

/// "10-244-1-7.default.pod.cluster.local" (2.6): of any address.
std::optional<name_entry> answering::computed(std::string_view name) const {
  if (name == name_server() || name == "dns." + config_.domain) {
    name_entry out;
    if (name == name_server())
      out.addresses = config_.addresses;
    return out;
  }
  const auto pods = "pod." + config_.domain;
  if (name.size() <= pods.size() || !is_within(name, pods))
    return std::nullopt;
  name.remove_suffix(pods.size() + 1);
  const auto dot = name.find('.');
  if (dot == name.npos)
    return name_entry{}; // a namespace
  if (name.find('.', dot + 1) != name.npos)
    return std::nullopt;
  std::string text{name.substr(0, dot)};
  const bool four = std::count(text.begin(), text.end(), '-') == 3
                    && text.find("--") == text.npos;
  std::replace(text.begin(), text.end(), '-', four ? '.' : ':');
  const auto address = ip_address::parse(text);
  if (!address)
    return std::nullopt;
  name_entry out;
  out.addresses.push_back(*address);
  return out;
}

void answering::add_entry(std::string_view owner, const name_entry& entry) {
  for (const auto& each : turned(entry.addresses, turn_))
    if (wants(type_of(each)))
      add(owner, type_of(each), each);
  if (asked_.asks(record_type::srv))
    for (const auto& each : turned(entry.services, turn_)) {
      add(owner, record_type::srv, each);
      const auto* target = names_.find(each.target);
      if (target == nullptr)
        continue;
      for (const auto& address : target->addresses) {
        record one{each.target, type_of(address), cluster_ttl, address};
        if (std::find(out_.additional.begin(), out_.additional.end(), one)
            == out_.additional.end())
          out_.additional.push_back(std::move(one));
      }
    }
  if (wants(record_type::txt) && !entry.text.empty())
    add(owner, record_type::txt, text_data{entry.text});
}

void answering::add_apex() {
  if (wants(record_type::soa))
    out_.answers.push_back(soa(config_.domain));
  if (wants(record_type::ns))
    add(config_.domain, record_type::ns, name_data{name_server()});
}

/// What was found; where that is nothing, how long it stays so (RFC 2308).
answer answering::none(response_code code, std::string_view zone) {
  out_.code = code;
  const auto is_alias = [](const record& each) {
    return each.type == record_type::cname;
  };
  if (std::all_of(out_.answers.begin(), out_.answers.end(), is_alias))
    out_.authority.push_back(soa(zone));
  return std::move(out_);
}

record answering::soa(std::string_view zone) const {
  return {std::string{zone}, record_type::soa, cluster_ttl,
          soa_data{.server = name_server(),
                   .mailbox = "hostmaster." + config_.domain}};
}

answer answering::pointer(const ip_address& address) {
  const auto* all = names_.names_of(address);
  const auto zone =
      address.family() == ip_family::v4 ? "in-addr.arpa" : "ip6.arpa";
  if (all == nullptr)
    return none(response_code::name_error, zone);
  if (wants(record_type::ptr))
    for (const auto& each : *all)
      add(asked_.name, record_type::ptr, name_data{each});
  return none(response_code::no_error, zone);
}

bool is_ours(const zone_config& config, const name_table* names,
             const ip_address& address) {
  if (names != nullptr && names->names_of(address) != nullptr)
    return true;
  return std::any_of(
      config.ranges.begin(), config.ranges.end(),
      [&](const ip_prefix& each) { return each.contains(address); });
}

} // namespace

answer failure(response_code code) {
  answer out;
  out.code = code;
  return out;
}

verdict answer_question(const zone_config& config, const name_table* names,
                        const query& asked, std::uint64_t turn) {
  const auto& question = asked.asked;
  if (asked.extension && asked.extension->version != 0)
    return failure(response_code::bad_version);
  if (question.class_ != class_internet)
    return failure(response_code::refused);
  const auto address = reverse_address(question.name);
  const bool ours = address ? is_ours(config, names, *address)
                            : is_within(question.name, config.domain);
  if (!ours)
    return ask_others{};
  if (names == nullptr)
    return failure(response_code::server_failure);
  answering work{config, *names, question, turn};
  return address ? verdict{work.pointer(*address)} : work.name();
}

} // namespace troupe::dns
