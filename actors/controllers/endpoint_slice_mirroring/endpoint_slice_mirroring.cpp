#include "actors/controllers/endpoint_slice_mirroring/endpoint_slice_mirroring.hpp"

#include "actors/controllers/endpoint_slice_mirroring/mirror.hpp"
#include "actors/controllers/service_pods/service_pods.hpp"
#include "messages/meta/names.hpp"
#include "runtime/control/object_meta.hpp"

#include <set>

namespace troupe::controllers::endpoint_slice_mirroring {

namespace {

namespace core = view::core_v1;
namespace discovery = view::discovery_v1;
using service_pods::document_ptr;

constexpr std::string_view endpoints_prefix = "core/endpoints/";
constexpr std::string_view slices_prefix = "discovery.k8s.io/endpointslices/";

/// A slice that is there.
struct slice {
  object_key key;
  store::version_ptr version;
  document_ptr object;

  discovery::endpoint_slice view() const {
    return discovery::endpoint_slice{*object};
  }
};

/// FNV-1a: the same Endpoints always draws the same names.
std::uint64_t hash(std::string_view text) {
  std::uint64_t out = 0xcbf29ce484222325;
  for (const char c : text)
    out = (out ^ static_cast<std::uint8_t>(c)) * 0x100000001b3;
  return out;
}

std::string prefix_of(std::string_view ns) {
  return std::string{slices_prefix}.append(ns).append("/");
}

/// Those it manages for the Endpoints of a name, but for what is on its way
/// out.
std::vector<slice> slices_of(const control::snapshot& view, std::string_view ns,
                             std::string_view name) {
  const auto is = [](std::string_view label, std::string_view value) {
    return meta::requirement{
        std::string{label}, meta::requirement_op::in, {std::string{value}}};
  };
  const meta::label_selector mine{
      {is(endpoint_slice::managed_by_label, manager),
       is(endpoint_slice::service_name_label, name)}};
  std::vector<slice> out;
  for (const auto& key : view.select(prefix_of(ns), mine)) {
    slice found{key, view.find(key), view.get(key)};
    if (found.object != nullptr && !found.version->columns->deleting)
      out.push_back(std::move(found));
  }
  return out;
}

/// Whether the Endpoints of a Service of this name are somebody else's.
bool awaits_mirror(const control::snapshot& view, std::string_view ns,
                   std::string_view name) {
  const auto object = view.get(control::make_key("", "services", ns, name));
  return object != nullptr && core::service{*object}.spec().selector().empty();
}

std::vector<endpoint> first_of(const endpoint_set& set) {
  std::vector<endpoint> out;
  for (const auto& [identity, one] : set)
    if (out.size() < addresses_max)
      out.push_back(one);
  return out;
}

endpoint_set set_of(const std::vector<endpoint>& endpoints) {
  endpoint_set out;
  for (const auto& one : endpoints)
    out.emplace(one.identity(), one);
  return out;
}

class planner {
public:
  planner(const control::snapshot& view, const object_key& key,
          core::endpoints object)
      : view_{view}, key_{key}, object_{object},
        prefix_{prefix_of(object.metadata().namespace_())},
        labels_{labels_for(object)}, annotations_{annotations_for(object)} {}

  control::plan make(std::vector<slice> slices);

private:
  bool shows(const slice& one, const std::vector<endpoint>& endpoints) const;
  void settle(const slice_place& place, const endpoint_set& set,
              std::vector<slice> mine);
  void create(const slice_place& place, const std::vector<endpoint>& endpoints);
  void remove(const slice& one, const char* why);
  std::string free_name(ip_family family);
  void tell(const char* what, std::string reason, std::string message);
  void tell_skipped(const mirrored& wanted);

  const control::snapshot& view_;
  const object_key& key_;
  core::endpoints object_;
  std::string prefix_;
  label_map labels_;
  label_map annotations_;
  std::set<std::string> drawn_;
  control::plan out_;
};

bool planner::shows(const slice& one,
                    const std::vector<endpoint>& endpoints) const {
  return endpoint_slice::has_labels(one.view(), labels_)
         && has_annotations(one.view(), annotations_)
         && set_of(endpoint_slice::endpoints_in(one.view()))
                == set_of(endpoints);
}

void planner::remove(const slice& one, const char* why) {
  out_.actions.push_back(
      control::removal_of(one.key, *one.version, "Background", why));
}

std::string planner::free_name(ip_family family) {
  const auto base = endpoint_slice::name_base(object_.metadata().name());
  for (int i = 0;; ++i) {
    auto name =
        meta::generate_name(base, hash(std::string{object_.metadata().uid()}
                                           .append("/")
                                           .append(to_string(family))
                                           .append("/")
                                           .append(std::to_string(i))));
    if (view_.find(prefix_ + name) == nullptr && drawn_.insert(name).second)
      return name;
  }
}

void planner::create(const slice_place& place,
                     const std::vector<endpoint>& endpoints) {
  const auto name = free_name(place.family);
  auto made = endpoint_slice::new_slice(as_owner(object_), name, place.family);
  fill_slice(made, object_, place.ports, endpoints);
  control::action out;
  out.kind = control::action_kind::create;
  out.target = prefix_ + name;
  out.body = std::make_shared<const codec::document>(std::move(made));
  out.reason = "its Endpoints hold such addresses";
  out_.actions.push_back(std::move(out));
}

void planner::settle(const slice_place& place, const endpoint_set& set,
                     std::vector<slice> mine) {
  const auto endpoints = first_of(set);
  if (mine.empty())
    return create(place, endpoints);
  for (std::size_t i = 1; i < mine.size(); ++i)
    remove(mine[i], "another slice holds the same");
  if (shows(mine.front(), endpoints))
    return;
  auto changed = mine.front().object->clone();
  fill_slice(changed, object_, place.ports, endpoints);
  out_.actions.push_back(control::update_of(
      mine.front().key, std::move(changed), "its Endpoints changed"));
}

/// Once for as long as it stays the same.
void planner::tell(const char* what, std::string reason, std::string message) {
  const auto before = view_.seen(key_);
  const auto found = before.find(what);
  out_.seen[what] = message;
  if (found != before.end() && found->second.value == message)
    return;
  const auto metadata = object_.metadata();
  out_.events.push_back(
      {{"v1", "Endpoints", std::string{metadata.namespace_()},
        std::string{metadata.name()}, std::string{metadata.uid()},
        std::string{metadata.resource_version()}},
       {true, std::move(reason), std::move(message)}});
}

void planner::tell_skipped(const mirrored& wanted) {
  if (wanted.invalid > 0)
    tell("invalid", "InvalidIPAddress",
         "Skipped " + std::to_string(wanted.invalid)
             + " invalid IP addresses when mirroring to EndpointSlices");
  if (wanted.skipped > 0)
    tell("skipped", "TooManyAddressesToMirror",
         "A max of " + std::to_string(addresses_max)
             + " addresses can be mirrored to EndpointSlices per Endpoints "
               "subset. "
             + std::to_string(wanted.skipped) + " addresses were skipped");
}

control::plan planner::make(std::vector<slice> slices) {
  const auto wanted = mirror(object_);
  std::map<slice_place, std::vector<slice>> there;
  for (auto& one : slices) {
    const auto family =
        one.view().address_type() == "IPv6" ? ip_family::v6 : ip_family::v4;
    slice_place place{family, endpoint_slice::ports_in(one.view())};
    if (!endpoint_slice::belongs_to(one.view(), as_owner(object_)))
      remove(one, "it was of earlier Endpoints of this name");
    else if (!wanted.slices.contains(place))
      remove(one, "its Endpoints hold no such addresses");
    else
      there[std::move(place)].push_back(std::move(one));
  }
  for (const auto& [place, set] : wanted.slices)
    settle(place, set, std::move(there[place]));
  tell_skipped(wanted);
  return std::move(out_);
}

control::plan remove_all(const std::vector<slice>& slices) {
  control::plan out;
  for (const auto& one : slices)
    out.actions.push_back(control::removal_of(
        one.key, *one.version, "Background", "nothing is mirrored any more"));
  return out;
}

} // namespace

control::plan reconcile(const control::snapshot& view, const object_key& key) {
  const auto parts = control::parse_key(key);
  TROUPE_CHECK(parts.has_value(), "Endpoints have a key");
  auto slices = slices_of(view, parts->ns, parts->name);
  if (view.find(key) == nullptr)
    return remove_all(slices);
  const auto object = view.get(key);
  if (object == nullptr)
    return {};
  const core::endpoints endpoints{*object};
  if (is_exempt(endpoints) || !awaits_mirror(view, parts->ns, parts->name))
    return remove_all(slices);
  if (endpoints.metadata().has_deletion_timestamp())
    return {};
  return planner{view, key, endpoints}.make(std::move(slices));
}

void keys_of(const control::object_change& change, const control::owner_index&,
             const std::function<void(const object_key&)>& enqueue) {
  if (change.key.starts_with(endpoints_prefix))
    return enqueue(change.key);
  const auto parts = control::parse_key(change.key);
  if (change.key.starts_with(service_pods::services_prefix))
    return enqueue(control::make_key("", "endpoints", parts->ns, parts->name));
  if (!change.key.starts_with(slices_prefix))
    return;
  for (const auto& version : {change.before, change.now}) {
    if (version == nullptr)
      continue;
    const auto& labels = version->columns->labels;
    const auto name =
        meta::find_column(labels, endpoint_slice::service_name_label);
    if (name
        && meta::find_column(labels, endpoint_slice::managed_by_label)
               == manager)
      enqueue(control::make_key("", "endpoints", parts->ns, *name));
  }
}

std::vector<std::string> watched() {
  return {std::string{endpoints_prefix},
          std::string{service_pods::services_prefix},
          std::string{slices_prefix}};
}

} // namespace troupe::controllers::endpoint_slice_mirroring
