#include "messages/codec/validate/fill.hpp"
#include "messages/codec/validate/kind_rules.hpp"
#include "messages/codec/validate/members.hpp"
#include "messages/codec/validate/object_ids.hpp"
#include "messages/codec/validate/pod_checks.hpp"
#include "messages/codec/validate/pod_defaults.hpp"
#include "messages/codec/validate/pod_label_keys.hpp"
#include "messages/codec/validate/pod_qos.hpp"
#include "messages/codec/validate/pod_warnings.hpp"
#include "messages/schema/ids/core_v1.hpp"

namespace troupe::codec {

namespace {

namespace ids = schema::ids;

/// The one address and the first of many are the same.
void settle_addresses(document& doc, node& status, field_id one, field_id many,
                      field_id address) {
  const auto list = items_of(&status, many);
  if (!list.empty()) {
    const std::string first{text_of(list.front(), address)};
    if (!first.empty() && text_of(&status, one) != first)
      doc.set(status, one, doc.make_string(first));
    return;
  }
  const std::string text{text_of(&status, one)};
  if (text.empty())
    return;
  auto* item = doc.make_object();
  doc.set(*item, address, doc.make_string(text));
  doc.push_back(doc.list_at(status, many), item);
}

void fill_status(document& object) {
  with_object(object.root(), ids::pod::status, [&](node& status) {
    settle_addresses(object, status, ids::pod_status::pod_ip,
                     ids::pod_status::pod_ips, ids::pod_ip::ip);
  });
}

void fill_defaults(document& object) {
  auto& spec = object.object_at(object.root(), ids::pod::spec);
  fill_pod_spec(object, spec);
  fill_running_spec(object, spec);
  fill_status(object);
}

/// A gated pod says so from its first moment on.
void add_gated_condition(document& object, node& status) {
  namespace id = ids::pod_condition;
  auto* condition = object.make_object();
  object.set(*condition, id::type, object.make_string("PodScheduled"));
  object.set(*condition, id::status, object.make_string("False"));
  object.set(*condition, id::reason, object.make_string("SchedulingGated"));
  object.set(*condition, id::message,
             object.make_string("Scheduling is blocked due to non-empty "
                                "scheduling gates"));
  object.push_back(object.list_at(status, ids::pod_status::conditions),
                   condition);
}

void prepare_create(document& object) {
  const core::pod pod{object};
  auto& status = object.object_at(object.root(), ids::pod::status);
  object.set(status, ids::pod_status::phase, object.make_string("Pending"));
  object.set(status, ids::pod_status::qos_class,
             object.make_string(qos_class(pod.spec())));
  if (!pod.spec().scheduling_gates().empty())
    add_gated_condition(object, status);
  merge_label_keys(object);
}

void check_create(const document& object, meta::field_errors& errors) {
  const core::pod pod{object};
  const auto spec = pod.spec();
  const spot here{"spec", errors};
  check_pod_annotations(pod.metadata(), spec, false,
                        spot{"metadata.annotations", errors});
  check_pod_spec(spec, pod.metadata(), here);
  if (!spec.ephemeral_containers().empty())
    here.child("ephemeralContainers").forbidden("cannot be set on create");
  if (!spec.node_name().empty() && !spec.scheduling_gates().empty())
    here.child("nodeName")
        .forbidden("cannot be set until all schedulingGates have been cleared");
  check_profiles_match(pod.metadata(), spec, here);
}

/// Whoever writes a status without saying which generation it speaks of leaves
/// what was said before.
void keep_observed_generation(document& next, node& status,
                              const node* before) {
  namespace own = ids::pod_status;
  namespace condition = ids::pod_condition;
  if (status.find(own::observed_generation) == nullptr)
    copy_member(next, status, before, own::observed_generation);
  std::map<std::string_view, std::vector<const node*>> old;
  for (const auto* one : items_of(before, own::conditions))
    old[text_of(one, condition::type)].push_back(one);
  for (auto* one : items_of(&status, own::conditions)) {
    auto& standing = old[text_of(one, condition::type)];
    if (standing.empty())
      continue;
    if (one->find(condition::observed_generation) == nullptr)
      copy_member(next, *one, standing.front(), condition::observed_generation);
    standing.erase(standing.begin());
  }
}

void prepare_status(document& next, const document& old) {
  auto& metadata = next.object_at(next.root(), metadata_id);
  copy_member(next, metadata, old.root().find(metadata_id),
              object_meta::owner_references);
  auto& status = next.object_at(next.root(), ids::pod::status);
  const node* before = old.root().find(ids::pod::status);
  if (text_of(&status, ids::pod_status::qos_class).empty())
    copy_member(next, status, before, ids::pod_status::qos_class);
  keep_observed_generation(next, status, before);
}

/// Everything but the ephemeral containers stays.
void prepare_ephemeral(document& next, const document& old) {
  auto whole = old.clone();
  const node* wanted = next.root().find(ids::pod::spec);
  auto& spec = whole.object_at(whole.root(), ids::pod::spec);
  copy_member(whole, spec, wanted, ids::pod_spec::ephemeral_containers);
  auto& metadata = whole.object_at(whole.root(), metadata_id);
  const node* given = next.root().find(metadata_id);
  for (auto id : {object_meta::managed_fields, object_meta::resource_version})
    copy_member(whole, metadata, given, id);
  const node* before = old.root().find(ids::pod::spec);
  if (before == nullptr || !equal(spec, *before)) {
    const node* count = metadata.find(object_meta::generation);
    whole.set(
        metadata, object_meta::generation,
        whole.make_integer((count == nullptr ? 0 : count->integer_or(0)) + 1));
  }
  next = std::move(whole);
}

void warn_create(const document& object, std::vector<std::string>& texts) {
  const core::pod pod{object};
  warning_list out{texts};
  std::string why;
  for (const auto& each : meta::check_dns1123_label(pod.metadata().name()))
    why.append(why.empty() ? "" : " ").append(each);
  if (!why.empty())
    out.add("metadata.name: this is used in the Pod's hostname, which can "
            "result in surprising behavior; a DNS label is recommended: ["
            + why + "]");
  warn_pod_spec(pod.metadata(), pod.spec(), {}, out);
}

void warn_status(const document& next, std::vector<std::string>& texts) {
  const auto status = core::pod{next}.status();
  warning_list out{texts};
  const auto check = [&](const auto& addresses, std::string_view path) {
    each_item(out.root(path), addresses, [&](auto address, const spot& at) {
      warn_address(address.ip(), at.child("ip"), out);
    });
  };
  check(status.pod_ips(), "status.podIPs");
  check(status.host_ips(), "status.hostIPs");
}

constexpr subresource_rules subresources[] = {
    {.name = "ephemeralcontainers",
     .prepare = prepare_ephemeral,
     .check = check_ephemeral_update},
    {.name = "status",
     .prepare = prepare_status,
     .check = check_pod_status_update,
     .warn = warn_status},
};

} // namespace

extern const kind_rules pod_rules;
const kind_rules pod_rules{
    .group = "",
    .kind = "Pod",
    .table_checks = false,
    .fill_defaults = fill_defaults,
    .prepare_create = prepare_create,
    .check_create = check_create,
    .check_update = check_pod_update,
    .warn_create = warn_create,
    .subresources = subresources,
};

} // namespace troupe::codec
