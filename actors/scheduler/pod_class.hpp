#pragma once

#include "actors/scheduler/requests.hpp"
#include "messages/codec/document.hpp"
#include "messages/meta/selector.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::scheduler {

/// Sorted by name, as `meta::label_selector` wants them.
struct label {
  std::string name;
  std::string value;

  friend bool operator==(const label&, const label&) = default;
};

using label_set = std::vector<label>;

label_set read_labels(const view::map<std::string_view>& labels);

/// None when there is no such label.
std::optional<std::string_view> label_of(const label_set& labels,
                                         std::string_view name);

/// metav1.LabelSelector as a selector. An absent one selects nothing, and so
/// does one that cannot be read. `selector` may be null.
meta::label_selector read_selector(const codec::node* selector);

struct taint {
  std::string key;
  std::string value;
  std::string effect; ///< "NoSchedule", "PreferNoSchedule", "NoExecute"

  /// Keeps pods away that do not tolerate it.
  bool hard() const { return effect == "NoSchedule" || effect == "NoExecute"; }

  friend bool operator==(const taint&, const taint&) = default;
};

struct toleration {
  std::string key;
  std::string op; ///< "", "Equal", "Exists"
  std::string value;
  std::string effect; ///< "": every effect

  bool tolerates(const taint& one) const;
};

/// core/v1 NodeSelectorTerm, read.
struct node_term {
  std::vector<meta::requirement> labels;
  std::vector<meta::field_requirement> fields; ///< only metadata.name
  bool never = false; ///< empty, or with an operator that does not exist
  int weight = 0;     ///< of a preferred term

  bool matches(std::string_view node, const label_set& node_labels) const;
};

/// core/v1 TopologySpreadConstraint, read.
struct spread_constraint {
  int max_skew = 1;
  std::string topology_key;
  meta::label_selector pods;
  std::int64_t min_domains = 1;
  bool honors_affinity = true;
  bool honors_taints = false;
};

/// core/v1 PodAffinityTerm, read. Without namespaces and selector it is about
/// the pod's own namespace.
struct affinity_term {
  std::vector<std::string> namespaces; ///< sorted
  meta::label_selector namespace_labels = meta::label_selector::nothing();
  meta::label_selector pods = meta::label_selector::nothing();
  std::string topology_key;
  int weight = 0; ///< of a preferred term

  bool matches(std::string_view ns, const label_set& labels_of_ns,
               const label_set& labels_of_pod) const;
};

struct host_port {
  std::string protocol;
  std::string ip; ///< "0.0.0.0": all addresses
  std::int64_t port = 0;

  bool conflicts_with(const host_port& other) const;

  friend bool operator==(const host_port&, const host_port&) = default;
};

/// The controller a pod belongs to.
struct owner {
  std::string api_version;
  std::string kind;
  std::string name;
};

/// All of a pod that decides where it may go and how it weighs on others: pods
/// of one template have one class between them. Immutable.
struct pod_class {
  std::uint64_t id = 0; ///< never used twice
  std::string ns;
  label_set labels;
  amounts requests;
  amounts guessed;
  std::vector<host_port> ports;
  std::vector<toleration> tolerations;
  label_set node_selector;
  bool has_required_terms = false; ///< even if there are none
  std::vector<node_term> required_terms;
  std::vector<node_term> preferred_terms;
  bool has_constraints = false; ///< of its own, of either sort
  std::vector<spread_constraint> hard_constraints;
  std::vector<spread_constraint> soft_constraints;
  std::vector<affinity_term> affinity;
  std::vector<affinity_term> anti_affinity;
  std::vector<affinity_term> preferred_affinity;
  std::vector<affinity_term> preferred_anti_affinity;
  std::vector<std::string> images; ///< of all containers, with a tag
  std::optional<owner> controller;
  /// Why a volume keeps it from every node: there are no claims as yet.
  std::string missing_claim;

  /// Whether it says anything about other pods.
  bool has_affinity() const;

  bool tolerates(const taint& one) const;

  /// nodeSelector and the required terms.
  bool accepts(std::string_view node, const label_set& node_labels) const;

  /// When every required term names nodes: their names, sorted.
  std::optional<std::vector<std::string>> named_nodes() const;
};

using pod_class_ptr = std::shared_ptr<const pod_class>;

/// Why a volume that is a claim keeps the pod from every node, in the words of
/// volume plugins to which no claim is known; "" if none does.
std::string missing_claim(const codec::document& pod);

/// Everything of a pod's document that its class is read from, as one text:
/// equal texts, equal classes.
std::string class_text(const codec::document& pod);

/// Finds the class of a pod, or reads it. A class that no pod has any more is
/// forgotten sooner or later.
class class_table {
public:
  pod_class_ptr class_of(const codec::document& pod);

  std::size_t size() const noexcept { return classes_.size(); }

private:
  void forget();

  std::map<std::string, std::weak_ptr<const pod_class>, std::less<>> classes_;
  std::size_t forget_at_ = 1024;
  std::uint64_t last_id_ = 0;
};

} // namespace troupe::scheduler
