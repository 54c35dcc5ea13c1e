#include "messages/base/ip.hpp"
#include "messages/codec/validate/service_checks.hpp"
#include "messages/codec/validate/texts.hpp"

#include <algorithm>
#include <set>

namespace troupe::codec {

namespace {

using spec_view = view::core_v1::service_spec;

constexpr std::size_t addresses_max = 2;

/// How an absent policy reads in errors.
std::string policy_json(spec_view spec) {
  return spec.has_ip_family_policy() ? meta::quoted(spec.ip_family_policy())
                                     : "null";
}

void check_singular(spec_view spec, const spot& here) {
  const auto all = spec.cluster_ips();
  if (spec.cluster_ip().empty()) {
    if (!all.empty())
      here.invalid_json(json_of(all),
                        "must be empty when `clusterIP` is not specified");
  } else if (all.empty()) {
    here.required();
  } else if (all[0] != spec.cluster_ip()) {
    here.invalid_json(json_of(all), "first value must match `clusterIP`");
  }
}

void check_families(spec_view spec, const spot& here) {
  std::set<std::string_view> seen;
  each_item(here, spec.ip_families(), [&](auto family, const spot& at) {
    at.one_of(family, {"IPv4", "IPv6"});
    if (!seen.insert(family).second)
      at.duplicate(family);
  });
}

/// Whether every text is an address, or the only one is "None".
bool check_forms(spec_view spec, const spot& here) {
  const auto all = spec.cluster_ips();
  const auto before = here.errors().size();
  for (std::size_t i = 0; i < all.size(); ++i)
    if (i > 0 || all[i] != no_cluster_ip)
      check_ip(all[i], here.at(i));
    else if (all.size() > 1)
      here.invalid_json(json_of(all), "'None' must be the first and only "
                                      "value");
  const bool well_formed = here.errors().size() == before;
  if (all.size() > addresses_max)
    here.invalid_json(json_of(all), "may only hold up to 2 values");
  return well_formed;
}

bool of_both_families(const view::list<std::string_view>& addresses) {
  std::set<ip_family> seen;
  for (auto text : addresses)
    if (const auto address = ip_address::parse(text))
      seen.insert(address->family());
  return seen.size() > 1;
}

void check_family_of_each(spec_view spec, const spot& here) {
  const auto families = spec.ip_families();
  const auto all = spec.cluster_ips();
  for (std::size_t i = 0; i < std::min(all.size(), families.size()); ++i) {
    const auto address = ip_address::parse(all[i]);
    const bool v6 = address && address->family() == ip_family::v6;
    const auto wanted = families[i];
    if ((wanted == "IPv4" && v6) || (wanted == "IPv6" && !v6))
      here.at(i).invalid(all[i], "expected an " + std::string{wanted}
                                     + " value as indicated by `ipFamilies["
                                     + std::to_string(i) + "]`");
  }
}

bool is_single_stack(spec_view spec) {
  return spec.ip_family_policy() == "SingleStack";
}

void check_address_change(spec_view next, spec_view old, const spot& here) {
  const auto after = next.cluster_ips();
  const auto before = old.cluster_ips();
  const auto list = here.child("clusterIPs");
  const auto first = list.at(0);
  const auto shown = json_of(after);
  if (before.size() == after.size()) {
    for (std::size_t i = 0; i < before.size(); ++i)
      if (before[i] != after[i])
        list.at(i).invalid_json(shown, "may not change once set");
    return;
  }
  if (after.empty())
    first.invalid_json(shown, "primary clusterIP can not be unset");
  if (!before.empty() && !after.empty() && after[0] != before[0])
    first.invalid_json(shown, "may not change once set");
  if (before.size() > after.size() && after.size() == 1
      && !is_single_stack(next))
    here.child("ipFamilyPolicy")
        .invalid_json(policy_json(next),
                      "must be set to 'SingleStack' when releasing the "
                      "secondary clusterIP");
}

void check_family_change(spec_view next, spec_view old, const spot& here) {
  const auto after = next.ip_families();
  const auto before = old.ip_families();
  const auto list = here.child("ipFamilies");
  const auto first = list.at(0);
  if (before.size() == after.size()) {
    for (std::size_t i = 0; i < before.size(); ++i)
      if (before[i] != after[i])
        first.invalid_json(json_of(after), "may not change once set");
    return;
  }
  const bool fewer = before.size() > after.size();
  if (fewer && next.cluster_ips().empty())
    first.invalid_json(json_of(after), "primary ipFamily can not be unset");
  if (!before.empty() && !after.empty() && after[0] != before[0])
    first.invalid_json(json_of(next.cluster_ips()), "may not change once set");
  if (fewer && after.size() == 1 && !is_single_stack(next))
    here.child("ipFamilyPolicy")
        .invalid_json(policy_json(next),
                      "must be set to 'SingleStack' when releasing the "
                      "secondary ipFamily");
}

} // namespace

std::string json_of(const view::list<std::string_view>& texts) {
  if (texts.empty())
    return "null";
  std::string out;
  for (auto text : texts)
    out.append(out.empty() ? "[" : ",").append(meta::quoted(text));
  return out + "]";
}

void check_service_addresses(spec_view spec, const spot& here) {
  if (!needs_cluster_ip(spec))
    return;
  const auto list = here.child("clusterIPs");
  check_singular(spec, list);
  check_families(spec, here.child("ipFamilies"));
  if (spec.has_ip_family_policy())
    here.child("ipFamilyPolicy")
        .one_of(spec.ip_family_policy(),
                {"PreferDualStack", "RequireDualStack", "SingleStack"});
  // Wrong forms would make what follows misleading.
  if (!check_forms(spec, list))
    return;
  const auto all = spec.cluster_ips();
  if (all.size() > 1 && !of_both_families(all))
    list.invalid_json(json_of(all), "may specify no more than one IP for each "
                                    "IP family");
  if (!is_headless(spec))
    check_family_of_each(spec, list);
}

void check_service_address_update(spec_view next, spec_view old,
                                  const spot& here) {
  if (!needs_cluster_ip(next) || !needs_cluster_ip(old))
    return;
  const bool headless = is_headless(next);
  if (!headless || !is_headless(old))
    check_address_change(next, old, here);
  if (!headless && !is_headless(old))
    check_family_change(next, old, here);
}

} // namespace troupe::codec
