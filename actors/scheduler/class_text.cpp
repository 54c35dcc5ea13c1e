#include "actors/scheduler/pod_class.hpp"
#include "messages/schema/ids/core_v1.hpp"
#include "messages/schema/ids/meta_v1.hpp"

#include <cstdint>

namespace troupe::scheduler {

namespace {

namespace ids = schema::ids;
using codec::node;
using codec::node_kind;

void put(std::string& out, std::uint64_t number) {
  out += std::to_string(number);
  out += ' ';
}

/// A value in a form that tells different values apart.
void put(std::string& out, std::string_view text) {
  put(out, text.size());
  out += text;
}

void put(std::string& out, const node* value) {
  if (value == nullptr) {
    out += '-';
    return;
  }
  out += static_cast<char>('a' + static_cast<int>(value->kind()));
  switch (value->kind()) {
    case node_kind::null:
      break;
    case node_kind::boolean:
      out += value->boolean() ? '1' : '0';
      break;
    case node_kind::integer:
      put(out, static_cast<std::uint64_t>(value->integer()));
      break;
    case node_kind::real:
      out += std::to_string(value->real()) + ' ';
      break;
    case node_kind::string:
      put(out, value->string());
      break;
    case node_kind::object:
      for (const auto& [id, member] : value->members()) {
        put(out, id);
        put(out, member);
      }
      out += ';';
      break;
    case node_kind::map:
      for (const auto& [key, entry] : value->entries()) {
        put(out, key);
        put(out, entry);
      }
      out += ';';
      break;
    case node_kind::list:
      for (const auto* item : value->items())
        put(out, item);
      out += ';';
      break;
  }
}

void put_members(std::string& out, const node* object,
                 std::initializer_list<codec::field_id> which) {
  for (const auto id : which)
    put(out, object == nullptr ? nullptr : object->find(id));
}

void put_each(std::string& out, const node* list,
              std::initializer_list<codec::field_id> which) {
  if (list != nullptr && list->is(node_kind::list))
    for (const auto* item : list->items())
      put_members(out, item, which);
  out += ';';
}

} // namespace

std::string class_text(const codec::document& pod) {
  std::string out;
  const auto* metadata = pod.root().find(ids::pod::metadata);
  const auto* spec = pod.root().find(ids::pod::spec);
  const auto* status = pod.root().find(ids::pod::status);
  const auto in = [](const node* object, codec::field_id id) {
    return object == nullptr ? nullptr : object->find(id);
  };
  put_members(out, metadata,
              {ids::object_meta::namespace_, ids::object_meta::labels,
               ids::object_meta::owner_references});
  put_members(out, spec,
              {ids::pod_spec::node_selector, ids::pod_spec::affinity,
               ids::pod_spec::tolerations, ids::pod_spec::overhead,
               ids::pod_spec::topology_spread_constraints,
               ids::pod_spec::resources, ids::pod_spec::host_network});
  for (const auto id :
       {ids::pod_spec::containers, ids::pod_spec::init_containers})
    put_each(out, in(spec, id),
             {ids::container::name, ids::container::image,
              ids::container::ports, ids::container::resources,
              ids::container::restart_policy});
  for (const auto id : {ids::pod_status::container_statuses,
                        ids::pod_status::init_container_statuses})
    put_each(out, in(status, id),
             {ids::container_status::name, ids::container_status::resources,
              ids::container_status::allocated_resources});
  put(out, missing_claim(pod));
  for (const auto& condition : view::core_v1::pod{pod}.status().conditions())
    if (condition.type() == "PodResizePending")
      put(out, condition.reason());
  return out;
}

} // namespace troupe::scheduler
