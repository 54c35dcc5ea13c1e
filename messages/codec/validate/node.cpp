#include "messages/base/ip.hpp"
#include "messages/codec/validate/fill.hpp"
#include "messages/codec/validate/internal_json.hpp"
#include "messages/codec/validate/kind_rules.hpp"
#include "messages/codec/validate/object_ids.hpp"
#include "messages/codec/validate/resource_names.hpp"
#include "messages/codec/validate/spot.hpp"
#include "messages/codec/validate/warning_texts.hpp"
#include "messages/schema/ids/core_v1.hpp"
#include "messages/schema/registry.hpp"
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

std::string shown(const node& value, const std::string& type) {
  return internal_json(value, *schema::find_type("io.k8s.api.core.v1." + type));
}

std::string joined(const meta::complaints& complaints) {
  std::string out;
  for (const auto& each : complaints)
    out += (out.empty() ? "" : ";") + each;
  return out;
}

void check_taint(core::taint taint, std::set<std::string>& seen,
                 const spot& here) {
  here.child("key").complain(taint.key(),
                             meta::check_qualified_name(taint.key()));
  if (const auto wrong = meta::check_label_value(taint.value()); !wrong.empty())
    here.child("value").invalid(taint.value(), joined(wrong));
  here.child("effect").required_one_of(
      taint.effect(), {"NoSchedule", "PreferNoSchedule", "NoExecute"});
  auto pair = std::string{taint.key()}.append(":").append(taint.effect());
  if (!seen.insert(pair).second)
    here.duplicate_json(shown(*taint.raw(), "Taint"),
                        "taints must be unique by key and effect pair");
}

void check_taints(core::node_spec spec, meta::field_errors& errors) {
  std::set<std::string> taints;
  // Upstream looks for taints in the metadata, where they once were.
  each_item(spot{"metadata.taints", errors}, spec.taints(),
            [&](core::taint taint, const spot& at) {
              check_taint(taint, taints, at);
            });
}

void check_ranges(core::node_spec spec, const spot& here) {
  std::size_t v4 = 0;
  each_item(here, spec.pod_cidrs(), [&](auto range, const spot& at) {
    const auto parsed = ip_prefix::parse_masked(range);
    if (!parsed)
      at.invalid(range, "must be a valid CIDR value, (e.g. 10.9.8.0/24 or "
                        "2001:db8::/64)");
    else
      v4 += parsed->family() == ip_family::v4 ? 1 : 0;
  });
  const auto size = spec.pod_cidrs().size();
  if (size > 2 || (size == 2 && v4 != 1))
    here.invalid_json(internal_json_list(
                          spec.raw()->find(ids::node_spec::pod_cidrs), nullptr),
                      "may specify no more than one CIDR for each IP family");
}

void check_amounts(core::node_status status, const spot& here) {
  const auto check = [](const view::map<std::string_view>& amounts,
                        const spot& at) {
    for (auto [name, text] : amounts)
      if (const auto amount = meta::quantity::parse(text))
        check_quantity(name, *amount, at.child(name));
  };
  check(status.capacity(), here.child("capacity"));
  check(status.allocatable(), here.child("allocatable"));
}

void check(const document& object, meta::field_errors& errors) {
  const core::node node{object};
  check_taints(node.spec(), errors);
  check_amounts(node.status(), spot{"status", errors});
  check_ranges(node.spec(), spot{"spec.podCIDRs", errors});
}

/// What a node is given once stays.
void check_given(core::node_spec next, core::node_spec old, const spot& here) {
  const auto refuse = [&](std::string_view list, std::string_view name) {
    here.child(list).forbidden("node updates may not change "
                               + std::string{name}
                               + " except from \"\" to valid");
  };
  const auto before = old.pod_cidrs();
  const auto now = next.pod_cidrs();
  if (!before.empty() && now.size() != before.size())
    refuse("podCIDRs", "podCIDR");
  else
    for (std::size_t i = 0; i < before.size(); ++i)
      if (now[i] != before[i])
        refuse("podCIDRs", "podCIDR");
  if (!old.provider_id().empty() && next.provider_id() != old.provider_id())
    refuse("providerID", "providerID");
}

void check_addresses(core::node_status status, const spot& here) {
  std::set<std::string> seen;
  each_item(here, status.addresses(),
            [&](core::node_address address, const spot& at) {
              auto shape = shown(*address.raw(), "NodeAddress");
              if (!seen.insert(shape).second)
                at.duplicate_json(std::move(shape));
            });
}

void check_status(const document& next, const document& old,
                  meta::field_errors& errors) {
  const core::node now{next};
  const core::node before{old};
  check_amounts(now.status(), spot{"status", errors});
  check_addresses(now.status(), spot{"status.addresses", errors});
  const spot here{"spec", errors};
  check_given(now.spec(), before.spec(), here);
  check_taints(now.spec(), errors);
  if (now.spec().external_id() != before.spec().external_id())
    here.child("externalID").forbidden("may not be updated");
}

void check_update(const document& next, const document& old,
                  meta::field_errors& errors) {
  check(next, errors);
  check_status(next, old, errors);
}

void warn(const document& object, std::vector<std::string>& texts) {
  const auto spec = core::node{object}.spec();
  warning_list out{texts};
  if (!spec.external_id().empty())
    out.add("spec.externalID: this field is deprecated, and is unused by "
            "Kubernetes");
  each_item(out.root("spec.podCIDRs"), spec.pod_cidrs(),
            [&](std::string_view range, const spot& at) {
              warn_range(range, at, out);
            });
}

void warn_update(const document& next, const document& /*old*/,
                 std::vector<std::string>& texts) {
  warn(next, texts);
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
    .check_create = check,
    .check_update = check_update,
    .warn_create = warn,
    .warn_update = warn_update,
    .subresources = subresources,
};

} // namespace troupe::codec
