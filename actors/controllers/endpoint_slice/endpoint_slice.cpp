#include "actors/controllers/endpoint_slice/endpoint_slice.hpp"

#include "actors/controllers/endpoint_slice/packing.hpp"
#include "actors/controllers/endpoint_slice/slice_document.hpp"
#include "actors/controllers/service_pods/service_pods.hpp"
#include "messages/codec/validate/service_shape.hpp"
#include "messages/meta/names.hpp"
#include "runtime/control/object_meta.hpp"

#include <algorithm>
#include <set>

namespace troupe::controllers::endpoint_slice {

namespace {

namespace core = view::core_v1;
namespace discovery = view::discovery_v1;
using service_pods::document_ptr;

constexpr std::string_view slices_prefix = "discovery.k8s.io/endpointslices/";

/// A slice of the Service's that is there.
struct slice {
  object_key key;
  store::version_ptr version;
  document_ptr object;

  discovery::endpoint_slice view() const {
    return discovery::endpoint_slice{*object};
  }
};

/// FNV-1a: the same Service always draws the same names.
std::uint64_t hash(std::string_view text) {
  std::uint64_t out = 0xcbf29ce484222325;
  for (const char c : text)
    out = (out ^ static_cast<std::uint8_t>(c)) * 0x100000001b3;
  return out;
}

std::vector<ip_family> families_of(core::service_spec spec) {
  std::vector<ip_family> out;
  for (auto name : spec.ip_families())
    out.push_back(name == "IPv6" ? ip_family::v6 : ip_family::v4);
  if (out.empty())
    out.push_back(ip_family::v4);
  return out;
}

/// What is to become of the slices of one family.
struct family_plan {
  struct content {
    endpoint_slice::ports ports;
    std::vector<endpoint> endpoints;
  };

  std::vector<std::pair<slice, content>> written;
  std::vector<slice> doomed;
  std::vector<content> created;
  std::size_t kept = 0;
};

class planner {
public:
  planner(const control::snapshot& view, core::service service)
      : view_{view}, service_{service},
        prefix_{
            std::string{slices_prefix}.append(service.metadata().namespace_())
            + "/"},
        labels_{labels_for(service)}, pods_{service_pods::selected_pods(
                                          view, service)} {}

  control::plan make();

private:
  std::vector<slice> all_slices() const;
  std::optional<std::string> zone_of(core::pod pod) const;
  std::map<ports, endpoint_set> wanted(ip_family family) const;

  family_plan plan_family(ip_family family, std::vector<slice> slices);
  void plan_ports(const ports& with, endpoint_set set, std::vector<slice> mine,
                  family_plan& out) const;
  bool is_placeholder(const slice& one) const;
  void carry_out(ip_family family, family_plan what);

  void create(ip_family family, const family_plan::content& with);
  void write(const slice& one, const family_plan::content& with);
  void remove(const slice& one, const char* why);
  std::string free_name(ip_family family);

  const control::snapshot& view_;
  core::service service_;
  std::string prefix_;
  label_map labels_;
  std::vector<document_ptr> pods_;
  std::set<std::string> drawn_;
  control::plan out_;
};

/// Those it manages, but for what is on its way out.
std::vector<slice> planner::all_slices() const {
  const auto is = [](std::string_view label, std::string_view value) {
    return meta::requirement{
        std::string{label}, meta::requirement_op::in, {std::string{value}}};
  };
  const meta::label_selector mine{
      {is(managed_by_label, manager),
       is(service_name_label, service_.metadata().name())}};
  std::vector<slice> out;
  for (const auto& key : view_.select(prefix_, mine)) {
    slice found{key, view_.find(key), view_.get(key)};
    if (found.object != nullptr && !found.version->columns->deleting)
      out.push_back(std::move(found));
  }
  return out;
}

/// None when the pod's node is not there; "" without a zone.
std::optional<std::string> planner::zone_of(core::pod pod) const {
  if (pod.spec().node_name().empty())
    return std::nullopt;
  const auto node =
      view_.find(control::make_key("", "nodes", {}, pod.spec().node_name()));
  if (node == nullptr)
    return std::nullopt;
  return std::string{service_pods::zone_of(*node->columns).value_or("")};
}

std::map<ports, endpoint_set> planner::wanted(ip_family family) const {
  std::map<ports, endpoint_set> out;
  for (const auto& object : pods_) {
    const core::pod pod{*object};
    if (!service_pods::takes_part(pod, true))
      continue;
    auto& set = out[ports_of(service_, pod)];
    const auto zone = zone_of(pod);
    if (!zone && !service_.spec().publish_not_ready_addresses())
      continue;
    auto one = endpoint_of(service_, pod, family, zone.value_or(""));
    if (!one.addresses.empty())
      set.emplace(one.identity(), std::move(one));
  }
  return out;
}

void planner::plan_ports(const ports& with, endpoint_set set,
                         std::vector<slice> mine, family_plan& out) const {
  std::vector<packed_slice> packed;
  for (const auto& one : mine)
    packed.push_back(
        {endpoints_in(one.view()), !has_labels(one.view(), labels_)});
  auto packing = pack(packed, std::move(set));
  for (std::size_t i = 0; i < mine.size(); ++i)
    switch (packing.fates[i]) {
      case packing::fate::keep:
        ++out.kept;
        break;
      case packing::fate::write:
        out.written.push_back(
            {std::move(mine[i]), {with, std::move(packing.contents[i])}});
        break;
      case packing::fate::remove:
        out.doomed.push_back(std::move(mine[i]));
        break;
    }
  for (auto& endpoints : packing.created)
    out.created.push_back({with, std::move(endpoints)});
}

/// What stands where nobody is behind the Service.
bool planner::is_placeholder(const slice& one) const {
  return one.view().endpoints().empty() && one.view().ports().empty()
         && has_labels(one.view(), labels_);
}

family_plan planner::plan_family(ip_family family, std::vector<slice> slices) {
  family_plan out;
  std::map<ports, std::vector<slice>> by_ports;
  for (auto& one : slices)
    if (belongs_to(one.view(), {"Service", service_.metadata()}))
      by_ports[ports_in(one.view())].push_back(std::move(one));
    else
      remove(one, "it was of an earlier Service of this name");
  for (auto& [with, set] : wanted(family)) {
    auto mine = by_ports.extract(with);
    plan_ports(with, std::move(set),
               mine.empty() ? std::vector<slice>{} : std::move(mine.mapped()),
               out);
  }
  for (auto& [with, rest] : by_ports)
    std::ranges::move(rest, std::back_inserter(out.doomed));
  if (out.kept > 0 || !out.written.empty() || !out.created.empty())
    return out;
  if (out.doomed.size() == 1 && is_placeholder(out.doomed.front()))
    out.doomed.clear();
  else
    out.created.emplace_back();
  return out;
}

/// A slice that would go is written anew instead of creating one: watchers
/// hear of one change.
void planner::carry_out(ip_family family, family_plan what) {
  while (!what.created.empty() && !what.doomed.empty()) {
    what.written.push_back(
        {std::move(what.doomed.back()), std::move(what.created.back())});
    what.doomed.pop_back();
    what.created.pop_back();
  }
  for (const auto& [one, with] : what.written)
    write(one, with);
  for (const auto& one : what.doomed)
    remove(one, "it has no endpoints");
  // The garbage collector is about to remove what is created now.
  if (!service_.metadata().has_deletion_timestamp())
    for (const auto& with : what.created)
      create(family, with);
}

std::string planner::free_name(ip_family family) {
  const auto base = name_base(service_.metadata().name());
  for (int i = 0;; ++i) {
    auto name =
        meta::generate_name(base, hash(std::string{service_.metadata().uid()}
                                           .append("/")
                                           .append(to_string(family))
                                           .append("/")
                                           .append(std::to_string(i))));
    if (view_.find(prefix_ + name) == nullptr && drawn_.insert(name).second)
      return name;
  }
}

void planner::create(ip_family family, const family_plan::content& with) {
  const auto name = free_name(family);
  auto object = new_slice({"Service", service_.metadata()}, name, family);
  fill_slice(object, labels_, with.ports, with.endpoints);
  control::action made;
  made.kind = control::action_kind::create;
  made.target = prefix_ + name;
  made.body = std::make_shared<const codec::document>(std::move(object));
  made.reason = with.endpoints.empty() ? "nobody is behind the Service"
                                       : "its endpoints need room";
  out_.actions.push_back(std::move(made));
}

void planner::write(const slice& one, const family_plan::content& with) {
  auto changed = one.object->clone();
  fill_slice(changed, labels_, with.ports, with.endpoints);
  out_.actions.push_back(control::update_of(one.key, std::move(changed),
                                            "who is behind the Service "
                                            "changed"));
}

void planner::remove(const slice& one, const char* why) {
  out_.actions.push_back(
      control::removal_of(one.key, *one.version, "Background", why));
}

control::plan planner::make() {
  std::map<ip_family, std::vector<slice>> by_family;
  for (const auto family : families_of(service_.spec()))
    by_family[family];
  for (auto& one : all_slices()) {
    const auto type = one.view().address_type();
    const auto found = std::ranges::find_if(by_family, [&](const auto& each) {
      return to_string(each.first) == type;
    });
    if (found == by_family.end())
      remove(one, "the Service has no such addresses");
    else
      found->second.push_back(std::move(one));
  }
  for (auto& [family, slices] : by_family)
    carry_out(family, plan_family(family, std::move(slices)));
  return std::move(out_);
}

} // namespace

control::plan reconcile(const control::snapshot& view, const object_key& key) {
  const auto object = view.get(key);
  if (object == nullptr)
    return {};
  const core::service service{*object};
  if (!service_pods::finds_pods(service.spec()))
    return {};
  return planner{view, service}.make();
}

void keys_of(const control::object_change& change, const control::owner_index&,
             const std::function<void(const object_key&)>& enqueue) {
  service_pods::keys_of_service(change, enqueue);
  if (!change.key.starts_with(slices_prefix))
    return;
  const auto parts = control::parse_key(change.key);
  for (const auto& version : {change.before, change.now})
    if (version != nullptr)
      if (const auto name =
              meta::find_column(version->columns->labels, service_name_label))
        enqueue(control::make_key("", "services", parts->ns, *name));
}

std::vector<std::string> watched() {
  return {std::string{service_pods::services_prefix},
          std::string{service_pods::pods_prefix},
          std::string{service_pods::nodes_prefix}, std::string{slices_prefix}};
}

} // namespace troupe::controllers::endpoint_slice
