#include "messages/codec/validate/pod_checks.hpp"
#include "messages/codec/validate/pod_sums.hpp"
#include "messages/codec/validate/resource_names.hpp"

#include <algorithm>

namespace troupe::codec {

namespace {

using meta::quantity;
using amounts = view::map<std::string_view>;

bool may_overcommit(std::string_view name) {
  return is_native(name) && !is_huge_pages(name);
}

bool has_domain(std::string_view name) {
  return name.find('/') != std::string_view::npos;
}

/// False, and said why, if no resource can be called so.
bool check_any_name(std::string_view name, const spot& here) {
  const auto wrong = meta::check_qualified_name(name);
  here.complain(name, wrong);
  const bool unknown =
      wrong.empty() && !has_domain(name) && !is_standard_resource(name);
  if (unknown)
    here.invalid(name, "must be a standard resource type or fully qualified");
  return wrong.empty() && !unknown;
}

void check_name(std::string_view name, const spot& here) {
  check_any_name(name, here);
  if (!has_domain(name)) {
    if (name != "cpu" && name != "memory" && name != "ephemeral-storage"
        && !is_huge_pages(name))
      here.invalid(name, "must be a standard resource for containers");
  } else if (!is_native(name) && !is_extended(name)) {
    here.invalid(name, "doesn't follow extended resource name standard");
  }
}

void check_pod_name(std::string_view name, const spot& here) {
  if (check_any_name(name, here) && name != "cpu" && name != "memory"
      && !is_huge_pages(name))
    here.not_supported(name, {"cpu", "hugepages-", "memory"});
}

/// Huge pages are taken whole.
bool is_divisible(std::string_view name, const quantity& amount) {
  const auto size = quantity::parse(name.substr(huge_pages_prefix.size()));
  return size && size->sign() > 0 && *size == quantity::of(size->value())
         && amount.value() % size->value() == 0;
}

void check_amount(std::string_view name, const quantity& amount,
                  const spot& here) {
  check_quantity(name, amount, here);
  if (is_huge_pages(name) && !is_divisible(name, amount))
    here.invalid(amount.text(), amount.text()
                                    + " is not positive integer multiple of "
                                    + std::string{name});
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

/// Names a claim as a whole, or one request of it.
bool is_repeated(core::resource_claim claim, std::set<std::string>& seen,
                 std::string& key) {
  if (seen.contains(key))
    return true;
  if (!claim.request().empty()) {
    key.append("/").append(claim.request());
    return !seen.insert(key).second;
  }
  const auto prefix = key + "/";
  const auto part = seen.lower_bound(prefix);
  const bool overlaps = part != seen.end() && part->starts_with(prefix);
  seen.insert(key);
  return overlaps;
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
    if (!claim.request().empty())
      at.child("request").complain(claim.request(),
                                   meta::check_dns1123_label(claim.request()));
    std::string key{name};
    if (is_repeated(claim, seen, key))
      at.duplicate(key);
    if (!known.contains(name))
      at.not_found(name, "must be one of the names in pod.spec.resourceClaims"
                             + (known.empty() ? " which is empty" : names));
  });
}

/// The pod as a whole takes at least what its containers do.
void check_sums(core::pod_spec spec, const spot& here) {
  const auto own = spec.resources();
  const auto compare = [&](amount_kind kind, const amounts& given,
                           const spot& list, const char* what) {
    for (const auto& [name, sum] : container_sums(spec, kind)) {
      const bool counts = kind == amount_kind::requests || is_huge_pages(name);
      if (!counts || !given.contains(name))
        continue;
      const auto whole = quantity::parse(given[name]);
      if (whole && sum > *whole)
        list.key(name).invalid(whole->text(),
                               "must be greater than or equal to aggregate "
                               "container "
                                   + std::string{what} + " of " + sum.text());
    }
  };
  compare(amount_kind::requests, own.requests(), here.child("requests"),
          "requests");
  compare(amount_kind::limits, own.limits(), here.child("limits"), "limits");
  each_item(here.child("containers"), spec.containers(),
            [&](core::container one, const spot& at) {
              for (auto [name, text] : one.resources().limits()) {
                const auto limit = quantity::parse(text);
                const auto whole = quantity::parse(own.limits()[name]);
                if (!own.limits().contains(name) || !limit || !whole
                    || *limit <= *whole)
                  continue;
                const auto here_key = at.key(name);
                here_key.child("limits").invalid(
                    limit->text(), "must be less than or equal to pod limits "
                                   "of "
                                       + whole->text());
              }
            });
}

} // namespace

void check_resources(core::resource_requirements resources,
                     const std::set<std::string_view>& claims,
                     const spot& here) {
  check_amounts(resources, check_name, here);
  check_claims(resources.claims(), claims, here.child("claims"));
}

void check_overhead(core::pod_spec spec, const spot& here) {
  const auto limits = here.child("limits");
  huge_pages pages;
  check_limits(spec.overhead(), check_name, pages, limits);
  if (pages.wanted && !pages.backed)
    here.forbidden("HugePages require cpu or memory");
}

void check_pod_resources(core::pod_spec spec, const spot& here) {
  const auto resources = spec.resources();
  if (!resources)
    return;
  if (spec.os().name() == "windows")
    return here.forbidden("may not be set for a windows pod");
  if (!resources.claims().empty())
    here.child("claims").forbidden(
        "claims may not be set for Resources at pod-level");
  check_amounts(resources, check_pod_name, here);
  check_sums(spec, here);
}

} // namespace troupe::codec
