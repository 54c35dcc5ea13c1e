#include "node/agent/node_document.hpp"

#include "messages/meta/quantity.hpp"
#include "messages/meta/time.hpp"
#include "messages/schema/ids/coordination_v1.hpp"
#include "messages/schema/ids/core_v1.hpp"
#include "messages/schema/ids/meta_v1.hpp"
#include "messages/schema/registry.hpp"
#include "messages/view/core_v1.hpp"

#include <algorithm>
#include <functional>
#include <ranges>

namespace troupe::agent {

namespace {

namespace ids = schema::ids;
namespace core = view::core_v1;

/// Told as the kubelet's version, so that clients can compare it.
constexpr const char* agent_version = "v1.35.0+troupe";
constexpr const char* runtime_version = "troupe://0.1.0";
/// Of status.images, and of the names of each.
constexpr std::size_t images_max = 50;
constexpr std::size_t image_names_max = 5;

void set(codec::document& doc, codec::node& to, codec::field_id id,
         std::string_view text) {
  doc.set(to, id, doc.make_string(text));
}

codec::node* resources(codec::document& doc, const node_config& config) {
  using meta::quantity;
  using meta::quantity_format;
  const std::pair<const char*, quantity> all[] = {
      {"cpu", quantity::of_milli(config.milli_cpu)},
      {"ephemeral-storage", quantity::of(config.ephemeral_storage / 1024 * 1024,
                                         quantity_format::binary_si)},
      {"memory",
       quantity::of(config.memory / 1024 * 1024, quantity_format::binary_si)},
      {"pods", quantity::of(config.pods_max)},
  };
  auto* out = doc.make_map();
  for (const auto& [name, amount] : all)
    doc.set(*out, name, doc.make_string(amount.text()));
  return out;
}

struct condition {
  const char* type;
  bool status;
  const char* reason;
  std::string message;
};

std::vector<condition> conditions_of(const node_health& health) {
  std::vector<condition> out{
      {"MemoryPressure", false, "KubeletHasSufficientMemory",
       "kubelet has sufficient memory available"},
      {"DiskPressure", false, "KubeletHasNoDiskPressure",
       "kubelet has no disk pressure"},
      {"PIDPressure", false, "KubeletHasSufficientPID",
       "kubelet has sufficient PID available"},
  };
  if (health.problem.empty())
    out.push_back(
        {"Ready", true, "KubeletReady", "kubelet is posting ready status"});
  else
    out.push_back({"Ready", false, "KubeletNotReady", health.problem});
  return out;
}

/// When the condition got the status it has.
std::string transition(const core::node& before, const condition& now_is,
                       const std::string& now) {
  for (const auto& each : before.status().conditions())
    if (each.type() == now_is.type
        && each.status() == (now_is.status ? "True" : "False")
        && !each.last_transition_time().empty())
      return std::string{each.last_transition_time()};
  return now;
}

codec::node* make_conditions(codec::document& doc, const core::node& before,
                             const node_health& health, wall_time time) {
  namespace fields = ids::node_condition;
  const auto now = meta::format_time(time);
  auto* out = doc.make_list();
  const auto ours = conditions_of(health);
  for (const auto& each : before.status().conditions())
    if (std::ranges::none_of(
            ours, [&](const auto& it) { return each.type() == it.type; }))
      doc.push_back(*out, doc.clone(*each.raw()));
  for (const auto& each : ours) {
    auto* one = doc.make_object();
    set(doc, *one, fields::type, each.type);
    set(doc, *one, fields::status, each.status ? "True" : "False");
    set(doc, *one, fields::last_heartbeat_time, now);
    set(doc, *one, fields::last_transition_time, transition(before, each, now));
    set(doc, *one, fields::reason, each.reason);
    set(doc, *one, fields::message, each.message);
    doc.push_back(*out, one);
  }
  return out;
}

codec::node* make_addresses(codec::document& doc, const node_config& config) {
  namespace fields = ids::node_address;
  auto* out = doc.make_list();
  const auto add = [&](const char* type, const std::string& address) {
    auto* one = doc.make_object();
    set(doc, *one, fields::type, type);
    set(doc, *one, fields::address, address);
    doc.push_back(*out, one);
  };
  for (const auto& address : config.addresses)
    add("InternalIP", address);
  add("Hostname", config.name);
  return out;
}

codec::node* make_info(codec::document& doc, const machine_facts& machine) {
  namespace fields = ids::node_system_info;
  auto* out = doc.make_object();
  set(doc, *out, fields::machine_id, machine.machine_id);
  set(doc, *out, fields::system_uuid, machine.system_uuid);
  set(doc, *out, fields::boot_id, machine.boot_id);
  set(doc, *out, fields::kernel_version, machine.kernel_version);
  set(doc, *out, fields::os_image, machine.os_image);
  set(doc, *out, fields::container_runtime_version, runtime_version);
  set(doc, *out, fields::kubelet_version, agent_version);
  set(doc, *out, fields::operating_system, "linux");
  set(doc, *out, fields::architecture, machine.architecture);
  return out;
}

/// The largest come first, for those are what a scheduler wants to know of.
codec::node* make_images(codec::document& doc, std::vector<node_image> images) {
  namespace fields = ids::container_image;
  std::ranges::stable_sort(images, std::greater{}, &node_image::octets);
  auto* out = doc.make_list();
  for (const auto& image : images | std::views::take(images_max)) {
    auto* one = doc.make_object();
    auto& names = doc.list_at(*one, fields::names);
    for (const auto& name : image.names | std::views::take(image_names_max))
      doc.push_back(names, doc.make_string(name));
    doc.set(*one, fields::size_bytes, doc.make_integer(image.octets));
    doc.push_back(*out, one);
  }
  return out;
}

} // namespace

codec::document make_node(const node_config& config,
                          const machine_facts& machine) {
  codec::document doc{schema::find_kind_type({"", "v1", "Node"})};
  auto& metadata = doc.object_at(doc.root(), ids::node::metadata);
  set(doc, metadata, ids::object_meta::name, config.name);
  auto& labels = doc.map_at(metadata, ids::object_meta::labels);
  const std::pair<const char*, std::string> all[] = {
      {"beta.kubernetes.io/arch", machine.architecture},
      {"beta.kubernetes.io/os", "linux"},
      {"kubernetes.io/arch", machine.architecture},
      {"kubernetes.io/hostname", config.name},
      {"kubernetes.io/os", "linux"},
  };
  for (const auto& [key, value] : all)
    doc.set(labels, key, doc.make_string(value));
  return doc;
}

codec::document
with_node_status(const codec::document& node, const node_config& config,
                 const machine_facts& machine, const node_health& health,
                 const std::vector<node_image>& images, wall_time now) {
  namespace fields = ids::node_status;
  auto doc = node.clone();
  auto& status = doc.object_at(doc.root(), ids::node::status);
  doc.set(status, fields::capacity, resources(doc, config));
  doc.set(status, fields::allocatable, resources(doc, config));
  doc.set(status, fields::conditions,
          make_conditions(doc, core::node{node}, health, now));
  doc.set(status, fields::addresses, make_addresses(doc, config));
  doc.set(status, fields::node_info, make_info(doc, machine));
  if (images.empty())
    doc.erase(status, fields::images);
  else
    doc.set(status, fields::images, make_images(doc, images));
  return doc;
}

control::event_note status_event(const node_config& config,
                                 const char* reason) {
  return {false, reason, "Node " + config.name + " status is now: " + reason};
}

std::vector<control::event_note> status_news(const node_config& config,
                                             const codec::document& before,
                                             const codec::document& after) {
  struct news {
    const char* condition;
    const char* on_true; ///< null: nothing is said
    const char* on_false;
    bool of_first; ///< also when nothing was said before
  };

  constexpr news all[] = {
      {"MemoryPressure", nullptr, "NodeHasSufficientMemory", true},
      {"DiskPressure", nullptr, "NodeHasNoDiskPressure", true},
      {"PIDPressure", nullptr, "NodeHasSufficientPID", true},
      {"Ready", "NodeReady", "NodeNotReady", false},
  };
  const auto status_of = [](const codec::document& node, const char* type) {
    for (auto each : core::node{node}.status().conditions())
      if (each.type() == type)
        return each.status();
    return std::string_view{};
  };
  std::vector<control::event_note> out;
  for (const auto& each : all) {
    const auto was = status_of(before, each.condition);
    const auto is = status_of(after, each.condition);
    const auto* reason = is == "True" ? each.on_true : each.on_false;
    if (was != is && reason != nullptr && (each.of_first || !was.empty()))
      out.push_back(status_event(config, reason));
  }
  return out;
}

bool same_node_status(const codec::document& a, const codec::document& b) {
  const auto plain = [](const codec::document& from) {
    auto doc = from.clone();
    auto& status = doc.object_at(doc.root(), ids::node::status);
    for (auto* each : doc.list_at(status, ids::node_status::conditions).items())
      doc.erase(*each, ids::node_condition::last_heartbeat_time);
    return doc;
  };
  const auto left = plain(a);
  const auto right = plain(b);
  return codec::equal(*codec::find(left.root(), {ids::node::status}),
                      *codec::find(right.root(), {ids::node::status}));
}

codec::document make_lease(const node_config& config,
                           const codec::document* before, wall_time now) {
  namespace fields = ids::lease_spec;
  auto doc = before != nullptr ? before->clone()
                               : codec::document{schema::find_kind_type(
                                   {"coordination.k8s.io", "v1", "Lease"})};
  auto& metadata = doc.object_at(doc.root(), ids::lease::metadata);
  set(doc, metadata, ids::object_meta::name, config.name);
  set(doc, metadata, ids::object_meta::namespace_, lease_namespace);
  auto& spec = doc.object_at(doc.root(), ids::lease::spec);
  set(doc, spec, fields::holder_identity, config.name);
  doc.set(spec, fields::lease_duration_seconds,
          doc.make_integer(config.lease_seconds));
  set(doc, spec, fields::renew_time, meta::format_micro_time(now));
  return doc;
}

} // namespace troupe::agent
