#include "actors/controllers/endpoint_slice_mirroring/mirror.hpp"

#include "messages/schema/ids/discovery_v1.hpp"
#include "messages/schema/ids/meta_v1.hpp"

#include <algorithm>

namespace troupe::controllers::endpoint_slice_mirroring {

namespace {

namespace core = view::core_v1;
namespace discovery = view::discovery_v1;
namespace ids = schema::ids;
namespace meta_id = ids::object_meta;

constexpr std::string_view skip_label =
    "endpointslice.kubernetes.io/skip-mirror";
constexpr std::string_view leader_annotation =
    "control-plane.alpha.kubernetes.io/leader";

/// Of the Endpoints alone.
constexpr std::string_view unshared_annotations[] = {
    "endpoints.kubernetes.io/last-change-trigger-time",
    "kubectl.kubernetes.io/last-applied-configuration"};

ports ports_of(core::endpoint_subset subset) {
  ports out;
  for (auto from : subset.ports()) {
    auto& one = out.emplace_back();
    one.name = from.name();
    one.protocol = from.protocol();
    one.number = from.port();
    if (from.has_app_protocol())
      one.app_protocol = from.app_protocol();
  }
  std::ranges::sort(out);
  return out;
}

endpoint endpoint_of(core::endpoint_address from, bool ready) {
  endpoint out;
  out.addresses = {std::string{from.ip()}};
  out.ready = ready;
  out.hostname = from.hostname();
  out.kind = from.target_ref().kind();
  out.ns = from.target_ref().namespace_();
  out.name = from.target_ref().name();
  out.uid = from.target_ref().uid();
  out.node = from.node_name();
  return out;
}

class mirroring {
public:
  void add(core::endpoint_subset subset) {
    const auto with = ports_of(subset);
    std::size_t taken = 0;
    for (auto address : subset.addresses())
      add(address, true, with, taken);
    for (auto address : subset.not_ready_addresses())
      add(address, false, with, taken);
  }

  mirrored take() { return std::move(out_); }

private:
  void add(core::endpoint_address from, bool ready, const ports& with,
           std::size_t& taken) {
    if (taken == addresses_max) {
      ++out_.skipped;
      return;
    }
    const auto address = ip_address::parse(from.ip());
    if (!address) {
      ++out_.invalid;
      return;
    }
    ++taken;
    auto one = endpoint_of(from, ready);
    out_.slices[{address->family(), with}].emplace(one.identity(),
                                                   std::move(one));
  }

  mirrored out_;
};

} // namespace

mirrored mirror(core::endpoints object) {
  mirroring work;
  for (auto subset : object.subsets())
    work.add(subset);
  return work.take();
}

bool is_exempt(core::endpoints object) {
  const auto labels = object.metadata().labels();
  return (labels.contains(skip_label) && labels[skip_label] == "true")
         || object.metadata().annotations().contains(leader_annotation);
}

label_map labels_for(core::endpoints object) {
  label_map out;
  for (auto [key, value] : object.metadata().labels())
    out.emplace(key, value);
  out[std::string{endpoint_slice::service_name_label}] =
      object.metadata().name();
  out[std::string{endpoint_slice::managed_by_label}] = manager;
  return out;
}

label_map annotations_for(core::endpoints object) {
  label_map out;
  for (auto [key, value] : object.metadata().annotations())
    if (std::ranges::find(unshared_annotations, key)
        == std::end(unshared_annotations))
      out.emplace(key, value);
  return out;
}

bool has_annotations(discovery::endpoint_slice slice, const label_map& wanted) {
  const auto has = slice.metadata().annotations();
  return has.size() == wanted.size()
         && std::ranges::all_of(wanted, [&](const auto& one) {
              return has.contains(one.first) && has[one.first] == one.second;
            });
}

endpoint_slice::slice_owner as_owner(core::endpoints object) {
  return {"Endpoints", object.metadata()};
}

void fill_slice(codec::document& slice, core::endpoints object,
                const ports& with, const std::vector<endpoint>& endpoints) {
  endpoint_slice::fill_slice(slice, labels_for(object), with, endpoints);
  auto& metadata = slice.object_at(slice.root(), ids::endpoint_slice::metadata);
  slice.erase(metadata, meta_id::annotations);
  for (const auto& [key, value] : annotations_for(object))
    slice.set(slice.map_at(metadata, meta_id::annotations), key,
              slice.make_string(value));
}

} // namespace troupe::controllers::endpoint_slice_mirroring
