#include "actors/gateway/object/service_allocation.hpp"
#include "messages/base/ip.hpp"
#include "messages/codec/validate/service_checks.hpp"
#include "messages/schema/ids/core_v1.hpp"

#include <algorithm>

namespace troupe::gateway {

namespace {

namespace ids = schema::ids;
namespace spec_id = ids::service_spec;
using spec_view = view::core_v1::service_spec;
using codec::same_texts;

constexpr std::string_view single_stack = "SingleStack";
constexpr std::string_view prefer_dual = "PreferDualStack";
constexpr std::string_view require_dual = "RequireDualStack";

/// A settlement under way. Views are made anew after each change.
class families {
public:
  families(codec::document& doc, codec::node& spec, const codec::node* old,
           const std::vector<ip_prefix>& ranges)
      : doc_{doc}, spec_{spec}, old_{old}, ranges_{ranges} {}

  meta::field_errors settle();

private:
  spec_view spec() const { return spec_view{&spec_}; }
  std::string_view policy() const { return spec().ip_family_policy(); }
  bool selectorless() const {
    return spec().cluster_ip() == codec::no_cluster_ip
           && spec().selector().empty();
  }

  bool is_served(std::string_view family) const {
    return std::ranges::any_of(ranges_, [&](const ip_prefix& range) {
      return to_string(range.family()) == family;
    });
  }

  bool stands() const;
  void fill_policy();
  void cut_to_one(codec::field_id list, bool same);
  void check_reduced(const codec::spot& here);
  void check_single(const codec::spot& here) const;
  void infer(const codec::spot& here);
  void check_served(const codec::spot& here) const;
  void fill(bool both);
  void add(std::string_view family);

  codec::document& doc_;
  codec::node& spec_;
  spec_view old_;
  const std::vector<ip_prefix>& ranges_;
};

/// Nothing that matters changed: the addresses neither grow nor shrink when
/// the cluster learns a family.
bool families::stands() const {
  return old_ && old_.type() == spec().type() && policy() == prefer_dual
         && (!old_.has_ip_family_policy()
             || old_.ip_family_policy() == prefer_dual)
         && same_texts(old_.cluster_ips(), spec().cluster_ips())
         && same_texts(old_.ip_families(), spec().ip_families());
}

void families::fill_policy() {
  if (spec().has_ip_family_policy())
    return;
  auto value = selectorless() ? require_dual : single_stack;
  if (old_ && old_.has_ip_family_policy())
    value = old_.ip_family_policy();
  doc_.set(spec_, spec_id::ip_family_policy, doc_.make_string(value));
}

void families::cut_to_one(codec::field_id list, bool same) {
  auto* texts = spec_.find(list);
  if (same && texts != nullptr)
    while (texts->size() > 1)
      doc_.erase_item(*texts, texts->size() - 1);
}

/// Fewer than before needs a word in the policy.
void families::check_reduced(const codec::spot& here) {
  const auto ips = spec().cluster_ips();
  const auto named = spec().ip_families();
  if (policy() == single_stack) {
    const bool same_ips = same_texts(old_.cluster_ips(), ips);
    const bool same_named = same_texts(old_.ip_families(), named);
    cut_to_one(spec_id::cluster_ips, same_ips);
    cut_to_one(spec_id::ip_families, same_named);
    return;
  }
  const auto at = here.child("ipFamilyPolicy");
  if (!ips.empty() && ips.size() < old_.cluster_ips().size())
    at.invalid(policy(), "must be 'SingleStack' to release the secondary "
                         "cluster IP");
  if (!named.empty() && named.size() < old_.ip_families().size())
    at.invalid(policy(), "must be 'SingleStack' to release the secondary IP "
                         "family");
}

void families::check_single(const codec::spot& here) const {
  if (policy() != single_stack)
    return;
  const auto at = here.child("ipFamilyPolicy");
  if (spec().cluster_ips().size() == 2)
    at.invalid(policy(), "must be 'RequireDualStack' or 'PreferDualStack' when "
                         "multiple cluster IPs are specified");
  if (spec().ip_families().size() == 2)
    at.invalid(policy(), "must be 'RequireDualStack' or 'PreferDualStack' when "
                         "multiple IP families are specified");
}

void families::add(std::string_view family) {
  doc_.push_back(doc_.list_at(spec_, spec_id::ip_families),
                 doc_.make_string(family));
}

/// Families of the addresses that were given without.
void families::infer(const codec::spot& here) {
  const auto list = here.child("clusterIPs");
  const auto all = spec().cluster_ips();
  for (std::size_t i = spec().ip_families().size(); i < all.size(); ++i) {
    const auto address = ip_address::parse(all[i]);
    if (!address)
      return; // "None"
    const auto family = to_string(address->family());
    if (is_served(family))
      add(family);
    else
      list.at(i).invalid_json(codec::json_of(all),
                              std::string{family}
                                  + " is not configured on this cluster");
  }
}

void families::check_served(const codec::spot& here) const {
  if (policy() == require_dual && ranges_.size() < 2)
    here.child("ipFamilyPolicy")
        .invalid(policy(), "this cluster is not configured for dual-stack "
                           "services");
  each_item(here.child("ipFamilies"), spec().ip_families(),
            [&](auto family, const codec::spot& at) {
              if (!is_served(family))
                at.invalid(family, "not configured on this cluster");
            });
}

void families::fill(bool both) {
  if (spec().ip_families().empty())
    add(to_string(ranges_.front().family()));
  if (both && policy() != single_stack && spec().ip_families().size() == 1)
    add(spec().ip_families()[0] == "IPv4" ? "IPv6" : "IPv4");
}

meta::field_errors families::settle() {
  if (!codec::needs_cluster_ip(spec()) || stands())
    return {};
  fill_policy();
  meta::field_errors errors;
  const codec::spot here{"spec", errors};
  codec::check_service_addresses(spec(), here);
  if (!errors.empty())
    return errors;
  if (old_)
    check_reduced(here);
  check_single(here);
  infer(here);
  if (!errors.empty())
    return errors;
  // Whoever fills in the endpoints may use either family.
  if (selectorless()) {
    fill(true);
    return errors;
  }
  check_served(here);
  if (errors.empty())
    fill(ranges_.size() == 2);
  return errors;
}

} // namespace

meta::field_errors settle_families(codec::document& next,
                                   const codec::document* old,
                                   const std::vector<ip_prefix>& ranges) {
  auto& spec = next.object_at(next.root(), ids::service::spec);
  const auto* before =
      old == nullptr ? nullptr : old->root().find(ids::service::spec);
  return families{next, spec, before, ranges}.settle();
}

} // namespace troupe::gateway
