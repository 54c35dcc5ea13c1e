#include "messages/codec/validate/pod_checks.hpp"
#include "messages/meta/quantity.hpp"

#include <algorithm>

namespace troupe::codec {

namespace {

using meta::quantity;
using amounts = view::map<std::string_view>;

bool is_huge_pages(std::string_view name) {
  return name.starts_with("hugepages-");
}

bool is_native(std::string_view name) {
  return name.find('/') == std::string_view::npos
         || name.substr(0, name.find('/')).ends_with("kubernetes.io");
}

/// A name of another domain, of which more cannot be said than there is.
bool is_extended(std::string_view name) {
  if (is_native(name) || name.starts_with("requests."))
    return false;
  return meta::check_qualified_name("requests." + std::string{name}).empty();
}

bool may_overcommit(std::string_view name) {
  return is_native(name) && !is_huge_pages(name);
}

void check_name(std::string_view name, const spot& here) {
  const auto wrong = meta::check_qualified_name(name);
  here.complain(name, wrong);
  if (!wrong.empty())
    return;
  if (name.find('/') == std::string_view::npos) {
    if (name != "cpu" && name != "memory" && name != "ephemeral-storage"
        && !is_huge_pages(name))
      here.invalid(name, "must be a standard resource for containers");
  } else if (!is_native(name) && !is_extended(name)) {
    here.invalid(name, "doesn't follow extended resource name standard");
  }
}

void check_pod_name(std::string_view name, const spot& here) {
  if (name != "cpu" && name != "memory" && !is_huge_pages(name))
    here.not_supported(name, {"cpu", "hugepages-", "memory"});
}

void check_amount(std::string_view name, const quantity& amount,
                  const spot& here) {
  if (amount.sign() < 0)
    here.invalid(amount.text(), "must be greater than or equal to 0");
  else if (is_extended(name) && amount != quantity::of(amount.value()))
    here.invalid(amount.text(), "must be an integer");
}

/// Whether huge pages come with something to pay them from.
struct huge_pages {
  bool wanted = false;
  bool backed = false;

  void take(std::string_view name) {
    wanted |= is_huge_pages(name);
    backed |= name == "cpu" || name == "memory";
  }
};

using name_check = void (*)(std::string_view, const spot&);

void check_limits(const amounts& limits, name_check check, huge_pages& pages,
                  const spot& here) {
  for (auto [name, text] : limits) {
    const auto at = here.key(name);
    check(name, at);
    if (const auto amount = quantity::parse(text))
      check_amount(name, *amount, at);
    pages.take(name);
  }
}

/// Upstream blames the requests as a whole.
void check_against_limit(std::string_view name, const quantity& amount,
                         const amounts& limits, const spot& here,
                         const spot& limits_spot) {
  if (!limits.contains(name)) {
    if (!may_overcommit(name))
      limits_spot.required("Limit must be set for non overcommitable "
                           "resources");
    return;
  }
  const auto limit = quantity::parse(limits[name]);
  if (!limit)
    return;
  const auto than = std::string{name} + " limit of " + limit->text();
  if (!may_overcommit(name) && amount != *limit)
    here.invalid(amount.text(), "must be equal to " + than);
  else if (amount > *limit)
    here.invalid(amount.text(), "must be less than or equal to " + than);
}

void check_amounts(core::resource_requirements resources, name_check check,
                   const spot& here) {
  const auto limits = here.child("limits");
  const auto requests = here.child("requests");
  huge_pages pages;
  check_limits(resources.limits(), check, pages, limits);
  for (auto [name, text] : resources.requests()) {
    const auto at = requests.key(name);
    check(name, at);
    pages.take(name);
    const auto amount = quantity::parse(text);
    if (!amount)
      continue;
    check_amount(name, *amount, at);
    check_against_limit(name, *amount, resources.limits(), requests, limits);
  }
  if (pages.wanted && !pages.backed)
    here.forbidden("HugePages require cpu or memory");
}

void check_claims(view::list<core::resource_claim> claims,
                  const std::set<std::string_view>& known, const spot& here) {
  std::string names;
  for (auto name : known)
    names.append(names.empty() ? ": " : ", ").append(name);
  std::set<std::string> seen;
  each_item(here, claims, [&](core::resource_claim claim, const spot& at) {
    const auto name = claim.name();
    if (name.empty())
      return at.required();
    auto key = std::string{name}.append("/").append(claim.request());
    if (!seen.insert(std::move(key)).second)
      at.duplicate(name);
    if (!known.contains(name))
      at.not_found(name, "must be one of the names in pod.spec.resourceClaims"
                             + (known.empty() ? " which is empty" : names));
  });
}

} // namespace

void check_resources(core::resource_requirements resources,
                     const std::set<std::string_view>& claims,
                     const spot& here) {
  check_amounts(resources, check_name, here);
  check_claims(resources.claims(), claims, here.child("claims"));
}

void check_pod_resources(core::resource_requirements resources,
                         const spot& here) {
  if (!resources.claims().empty())
    here.child("claims").forbidden(
        "claims cannot be set for Resources at pod-level");
  check_amounts(resources, check_pod_name, here);
}

} // namespace troupe::codec
