#include "actors/scheduler/pod_class.hpp"

#include "messages/view/meta_v1.hpp"

#include <algorithm>

namespace troupe::scheduler {

namespace {

using meta::label_selector;
using meta::requirement;
using meta::requirement_op;
namespace core = view::core_v1;

std::vector<std::string> texts(const view::list<std::string_view>& list) {
  std::vector<std::string> out;
  for (const auto text : list)
    out.emplace_back(text);
  return out;
}

/// The selector, and the pod's own values for these labels.
label_selector with_keys(const label_selector& from,
                         const view::list<std::string_view>& keys,
                         const label_set& labels) {
  if (from == label_selector::nothing())
    return from;
  auto all = from.requirements();
  for (const auto key : keys)
    if (const auto value = label_of(labels, key))
      all.push_back(
          {std::string{key}, requirement_op::in, {std::string{*value}}});
  return label_selector{std::move(all)};
}

std::optional<requirement_op> operator_of(std::string_view name) {
  static const std::map<std::string_view, requirement_op> known{
      {"In", requirement_op::in},
      {"NotIn", requirement_op::not_in},
      {"Exists", requirement_op::exists},
      {"DoesNotExist", requirement_op::not_exists},
      {"Gt", requirement_op::greater},
      {"Lt", requirement_op::less}};
  const auto at = known.find(name);
  return at == known.end() ? std::nullopt : std::optional{at->second};
}

node_term read_term(const core::node_selector_term& from) {
  node_term out;
  out.never = from.match_expressions().empty() && from.match_fields().empty();
  for (const auto& one : from.match_expressions()) {
    const auto op = operator_of(one.operator_());
    auto values = texts(one.values());
    std::sort(values.begin(), values.end());
    values.erase(std::unique(values.begin(), values.end()), values.end());
    if (op)
      out.labels.push_back({std::string{one.key()}, *op, std::move(values)});
    else
      out.never = true;
  }
  for (const auto& one : from.match_fields()) {
    const bool known = one.operator_() == "In" || one.operator_() == "NotIn";
    if (known && one.values().size() == 1)
      out.fields.push_back({std::string{one.key()},
                            std::string{one.values()[0]},
                            one.operator_() == "In"});
    else
      out.never = true;
  }
  return out;
}

affinity_term read_term(const core::pod_affinity_term& from,
                        const std::string& own_ns) {
  affinity_term out;
  out.topology_key = from.topology_key();
  out.pods = read_selector(from.label_selector().raw());
  out.namespaces = texts(from.namespaces());
  if (from.has_namespace_selector())
    out.namespace_labels = read_selector(from.namespace_selector().raw());
  else if (out.namespaces.empty())
    out.namespaces.push_back(own_ns);
  std::sort(out.namespaces.begin(), out.namespaces.end());
  return out;
}

template <class Affinity>
void read_terms(const Affinity& from, const std::string& own_ns,
                std::vector<affinity_term>& required,
                std::vector<affinity_term>& preferred) {
  for (const auto& one :
       from.required_during_scheduling_ignored_during_execution())
    required.push_back(read_term(one, own_ns));
  for (const auto& one :
       from.preferred_during_scheduling_ignored_during_execution()) {
    preferred.push_back(read_term(one.pod_affinity_term(), own_ns));
    preferred.back().weight = static_cast<int>(one.weight());
  }
}

void read_affinity(const core::affinity& from, pod_class& out) {
  const auto on_nodes = from.node_affinity();
  const auto required =
      on_nodes.required_during_scheduling_ignored_during_execution();
  out.has_required_terms = static_cast<bool>(required);
  for (const auto& term : required.node_selector_terms())
    out.required_terms.push_back(read_term(term));
  for (const auto& one :
       on_nodes.preferred_during_scheduling_ignored_during_execution()) {
    out.preferred_terms.push_back(read_term(one.preference()));
    out.preferred_terms.back().weight = static_cast<int>(one.weight());
  }
  read_terms(from.pod_affinity(), out.ns, out.affinity, out.preferred_affinity);
  read_terms(from.pod_anti_affinity(), out.ns, out.anti_affinity,
             out.preferred_anti_affinity);
}

void read_constraints(const core::pod_spec& spec, pod_class& out) {
  for (const auto& one : spec.topology_spread_constraints()) {
    out.has_constraints = true;
    spread_constraint made;
    made.max_skew = static_cast<int>(one.max_skew());
    made.topology_key = one.topology_key();
    made.pods = with_keys(read_selector(one.label_selector().raw()),
                          one.match_label_keys(), out.labels);
    if (one.has_min_domains())
      made.min_domains = one.min_domains();
    made.honors_affinity = one.node_affinity_policy() != "Ignore";
    made.honors_taints = one.node_taints_policy() == "Honor";
    auto& to = one.when_unsatisfiable() == "DoNotSchedule"
                   ? out.hard_constraints
                   : out.soft_constraints;
    to.push_back(std::move(made));
  }
}

/// The name as nodes report it.
std::string with_tag(std::string_view image) {
  std::string out{image};
  const auto colon = out.rfind(':');
  const auto slash = out.rfind('/');
  const auto place = [](std::size_t at) {
    return at == std::string::npos ? -1 : static_cast<std::ptrdiff_t>(at);
  };
  if (place(colon) <= place(slash))
    out += ":latest";
  return out;
}

void read_container(const core::container& one, pod_class& out) {
  out.images.push_back(with_tag(one.image()));
}

void read_ports(const core::container& one, pod_class& out) {
  for (const auto& port : one.ports()) {
    if (port.host_port() <= 0)
      continue;
    const auto protocol = port.protocol();
    const auto ip = port.host_ip();
    out.ports.push_back({std::string{protocol.empty() ? "TCP" : protocol},
                         std::string{ip.empty() ? "0.0.0.0" : ip},
                         port.host_port()});
  }
}

} // namespace

std::string missing_claim(const codec::document& of) {
  const core::pod pod{of};
  for (const auto& volume : pod.spec().volumes()) {
    if (volume.has_persistent_volume_claim())
      return "persistentvolumeclaim \""
             + std::string{volume.persistent_volume_claim().claim_name()}
             + "\" not found";
    if (volume.has_ephemeral())
      return "waiting for ephemeral volume controller to create the "
             "persistentvolumeclaim \""
             + std::string{pod.metadata().name()} + "-"
             + std::string{volume.name()} + "\"";
  }
  return {};
}

namespace {

pod_class read_class(const codec::document& doc) {
  const core::pod pod{doc};
  const auto spec = pod.spec();
  pod_class out;
  out.ns = pod.metadata().namespace_();
  out.labels = read_labels(pod.metadata().labels());
  out.requests = pod_requests(pod);
  out.guessed = guessed_requests(pod);
  out.node_selector = read_labels(spec.node_selector());
  for (const auto& one : spec.tolerations())
    out.tolerations.push_back(
        {std::string{one.key()}, std::string{one.operator_()},
         std::string{one.value()}, std::string{one.effect()}});
  read_affinity(spec.affinity(), out);
  read_constraints(spec, out);
  for (const auto& one : spec.init_containers()) {
    read_container(one, out);
    if (one.restart_policy() == "Always")
      read_ports(one, out);
  }
  for (const auto& one : spec.containers()) {
    read_container(one, out);
    read_ports(one, out);
  }
  out.missing_claim = scheduler::missing_claim(doc);
  for (const auto& one : pod.metadata().owner_references())
    if (one.controller())
      out.controller = owner{std::string{one.api_version()},
                             std::string{one.kind()}, std::string{one.name()}};
  return out;
}

} // namespace

label_set read_labels(const view::map<std::string_view>& labels) {
  label_set out;
  for (const auto& [name, value] : labels)
    out.push_back({std::string{name}, std::string{value}});
  return out;
}

std::optional<std::string_view> label_of(const label_set& labels,
                                         std::string_view name) {
  return meta::find_column(labels, name);
}

label_selector read_selector(const codec::node* selector) {
  const view::meta_v1::label_selector from{selector};
  if (!from)
    return label_selector::nothing();
  std::vector<std::pair<std::string, std::string>> pairs;
  for (const auto& [key, value] : from.match_labels())
    pairs.emplace_back(key, value);
  std::vector<meta::match_expression> expressions;
  for (const auto& one : from.match_expressions())
    expressions.push_back({std::string{one.key()}, std::string{one.operator_()},
                           texts(one.values())});
  auto read = meta::to_selector(pairs, expressions);
  return read ? std::move(*read) : label_selector::nothing();
}

bool toleration::tolerates(const taint& one) const {
  if (!effect.empty() && effect != one.effect)
    return false;
  if (!key.empty() && key != one.key)
    return false;
  if (op == "Exists")
    return true;
  return (op.empty() || op == "Equal") && value == one.value;
}

bool node_term::matches(std::string_view node,
                        const label_set& node_labels) const {
  return !never
         && std::all_of(labels.begin(), labels.end(),
                        [&](const requirement& one) {
                          return one.holds(label_of(node_labels, one.key));
                        })
         && std::all_of(fields.begin(), fields.end(), [&](const auto& one) {
              const bool same =
                  one.name == "metadata.name" && one.value == node;
              return same == one.equal;
            });
}

bool affinity_term::matches(std::string_view ns, const label_set& labels_of_ns,
                            const label_set& labels_of_pod) const {
  const bool there =
      std::binary_search(namespaces.begin(), namespaces.end(), ns)
      || namespace_labels.matches(labels_of_ns);
  return there && pods.matches(labels_of_pod);
}

bool host_port::conflicts_with(const host_port& other) const {
  return port == other.port && protocol == other.protocol
         && (ip == other.ip || ip == "0.0.0.0" || other.ip == "0.0.0.0");
}

bool pod_class::has_affinity() const {
  return !affinity.empty() || !anti_affinity.empty()
         || !preferred_affinity.empty() || !preferred_anti_affinity.empty();
}

bool pod_class::tolerates(const taint& one) const {
  return std::any_of(tolerations.begin(), tolerations.end(),
                     [&](const auto& each) { return each.tolerates(one); });
}

bool pod_class::accepts(std::string_view node,
                        const label_set& node_labels) const {
  for (const auto& one : node_selector)
    if (label_of(node_labels, one.name) != one.value)
      return false;
  return !has_required_terms
         || std::any_of(
             required_terms.begin(), required_terms.end(),
             [&](const auto& term) { return term.matches(node, node_labels); });
}

std::optional<std::vector<std::string>> pod_class::named_nodes() const {
  if (required_terms.empty())
    return std::nullopt;
  std::vector<std::string> out;
  for (const auto& term : required_terms) {
    std::optional<std::string> name;
    bool conflict = false;
    for (const auto& one : term.fields) {
      if (one.name != "metadata.name" || !one.equal)
        continue;
      conflict = conflict || (name && *name != one.value);
      name = one.value;
    }
    if (!name)
      return std::nullopt;
    if (!conflict)
      out.push_back(*name);
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

pod_class_ptr class_table::class_of(const codec::document& pod) {
  auto text = class_text(pod);
  if (const auto at = classes_.find(text); at != classes_.end())
    if (auto found = at->second.lock())
      return found;
  auto made = std::make_shared<pod_class>(read_class(pod));
  made->id = ++last_id_;
  classes_.insert_or_assign(std::move(text), made);
  if (classes_.size() >= forget_at_)
    forget();
  return made;
}

void class_table::forget() {
  std::erase_if(classes_,
                [](const auto& entry) { return entry.second.expired(); });
  forget_at_ = std::max<std::size_t>(1024, 2 * classes_.size());
}

} // namespace troupe::scheduler
