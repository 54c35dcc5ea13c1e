#include "messages/base/ip.hpp"
#include "messages/codec/validate/fill.hpp"
#include "messages/codec/validate/kind_rules.hpp"
#include "messages/codec/validate/object_ids.hpp"
#include "messages/codec/validate/spot.hpp"
#include "messages/schema/ids/core_v1.hpp"
#include "messages/view/core_v1.hpp"

#include <set>

namespace troupe::codec {

namespace {

namespace ids = schema::ids;
namespace core = view::core_v1;

/// The one range and the first of many are the same.
void settle_ranges(document& doc, node& spec) {
  namespace id = ids::node_spec;
  const auto many = items_of(&spec, id::pod_cidrs);
  const std::string one{text_of(&spec, id::pod_cidr)};
  if (!many.empty()) {
    const std::string first{many.front()->string_or("")};
    if (one != first)
      doc.set(spec, id::pod_cidr, doc.make_string(first));
  } else if (!one.empty()) {
    doc.push_back(doc.list_at(spec, id::pod_cidrs), doc.make_string(one));
  }
}

void fill_defaults(document& object) {
  with_object(object.root(), ids::node::spec,
              [&](node& spec) { settle_ranges(object, spec); });
  with_object(object.root(), ids::node::status, [&](node& status) {
    const node* capacity = status.find(ids::node_status::capacity);
    if (capacity != nullptr
        && status.find(ids::node_status::allocatable) == nullptr)
      object.set(status, ids::node_status::allocatable,
                 object.clone(*capacity));
  });
}

/// A node registers with the status it has.
void prepare_create(document& object) {
  fill_object(object, object.root(), ids::node::spec);
}

void check_taint(core::taint taint, std::set<std::string>& seen,
                 const spot& here) {
  here.child("key").complain(taint.key(),
                             meta::check_qualified_name(taint.key()));
  here.child("value").complain(taint.value(),
                               meta::check_label_value(taint.value()));
  here.child("effect").required_one_of(
      taint.effect(), {"NoSchedule", "PreferNoSchedule", "NoExecute"});
  auto pair = std::string{taint.key()}.append(":").append(taint.effect());
  if (!seen.insert(pair).second)
    here.errors().push_back({meta::field_error_type::duplicate, here.path(),
                             meta::quoted(pair),
                             "taints must be unique by key and effect pair"});
}

void check_ranges(core::node_spec spec, const spot& here) {
  each_item(here, spec.pod_cidrs(), [](auto range, const spot& at) {
    if (!ip_prefix::parse(range))
      at.invalid(range, "must be a valid CIDR value, (e.g. 10.9.8.0/24 or "
                        "2001:db8::/64)");
  });
  if (spec.pod_cidrs().size() > 2)
    here.invalid(spec.pod_cidrs()[0],
                 "may specify no more than one CIDR for each IP family");
}

void check(const document& object, meta::field_errors& errors) {
  const core::node node{object};
  std::set<std::string> taints;
  // Upstream looks for taints in the metadata, where they once were.
  each_item(spot{"metadata.taints", errors}, node.spec().taints(),
            [&](core::taint taint, const spot& at) {
              check_taint(taint, taints, at);
            });
  check_ranges(node.spec(), spot{"spec.podCIDRs", errors});
}

/// What a node is given once stays.
void check_given(std::string_view next, std::string_view old, const spot& here,
                 std::string_view name) {
  if (!old.empty() && next != old)
    here.forbidden("node updates may not change " + std::string{name}
                   + " except from \"\" to valid");
}

/// The spec without what may change.
document fixed_part(const document& from, const core::node_spec& given) {
  namespace id = ids::node_spec;
  document out{from.type()};
  const node* spec = from.root().find(ids::node::spec);
  auto& root = out.object_at(out.root(), ids::node::spec);
  if (spec == nullptr)
    return out;
  for (const auto& [field, value] : spec->members())
    if (field != id::taints && field != id::unschedulable
        && field != id::config_source)
      out.set(root, field, out.clone(*value));
  if (given.pod_cidr().empty()) {
    out.erase(root, id::pod_cidr);
    out.erase(root, id::pod_cidrs);
  }
  if (given.provider_id().empty())
    out.erase(root, id::provider_id);
  return out;
}

void check_update(const document& next, const document& old,
                  meta::field_errors& errors) {
  const auto now = core::node{next}.spec();
  const auto before = core::node{old}.spec();
  const spot here{"spec", errors};
  check_given(now.pod_cidr(), before.pod_cidr(), here.child("podCIDRs"),
              "podCIDR");
  check_given(now.provider_id(), before.provider_id(), here.child("providerID"),
              "providerID");
  const auto a = fixed_part(next, before);
  const auto b = fixed_part(old, before);
  if (!equal(a.root(), b.root()))
    here.forbidden("node updates may only change labels, taints, or capacity "
                   "(or configSource, if the DynamicKubeletConfig feature gate "
                   "is enabled)");
}

void check_status(const document& next, const document& /*old*/,
                  meta::field_errors& errors) {
  std::set<std::string> seen;
  each_item(
      spot{"status.addresses", errors}, core::node{next}.status().addresses(),
      [&](core::node_address address, const spot& at) {
        auto pair =
            std::string{address.type()}.append(":").append(address.address());
        if (!seen.insert(pair).second)
          at.duplicate(pair);
      });
}

constexpr subresource_rules subresources[] = {
    {.name = "status", .check = check_status},
};

} // namespace

extern const kind_rules node_rules;
const kind_rules node_rules{
    .group = "",
    .kind = "Node",
    .table_checks = false,
    .keeps_first_status = true,
    .fill_defaults = fill_defaults,
    .prepare_create = prepare_create,
    .check = check,
    .check_update = check_update,
    .subresources = subresources,
};

} // namespace troupe::codec
