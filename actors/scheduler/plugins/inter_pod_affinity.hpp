#pragma once

#include "actors/scheduler/framework.hpp"

#include <unordered_map>
#include <vector>

/// InterPodAffinity: near some pods and apart from others, as the pod wants it
/// and as the pods that are there want it.
namespace troupe::scheduler {

namespace inter_pod_affinity {

inline constexpr std::string_view not_near =
    "node(s) didn't match pod affinity rules";
inline constexpr std::string_view not_apart =
    "node(s) didn't match pod anti-affinity rules";
inline constexpr std::string_view unwelcome =
    "node(s) didn't satisfy existing pods anti-affinity rules";

bool worth_another_try(const changed_pod& pod, const cluster_change& change,
                       const namespace_labels& namespaces);

} // namespace inter_pod_affinity

/// What pods that are placed and the pods of one class have to say about each
/// other, by topology, kept as rows are touched.
class affinity_counts {
public:
  /// Looks at a row (again).
  void examine(row at, const node_table& table, const pod_class& pod,
               const namespace_labels& namespaces);

  /// Whether nothing is to be filtered, or to be scored.
  bool filters_nothing(const pod_class& pod) const;
  bool scores_nothing() const { return score_pairs_ == 0; }

  /// The reason against this row, or "".
  std::string_view filter(row at, const node_table& table, const pod_class& pod,
                          const namespace_labels& namespaces) const;

  std::int64_t preference(row at, const node_table& table) const;

private:
  /// What one pod of a class adds: an index of a topology key and how much.
  struct voice {
    std::uint32_t key;
    std::int64_t near = 0;      ///< pods that match all of the pod's terms
    std::int64_t apart = 0;     ///< terms of the pod's that the other breaks
    std::int64_t unwelcome = 0; ///< terms of the other's that the pod breaks
    std::int64_t liking = 0;    ///< weights of preferences, both ways
  };

  /// Sums in one topology.
  struct sums {
    std::int64_t near = 0;
    std::int64_t apart = 0;
    std::int64_t unwelcome = 0;
    std::int64_t liking = 0;
  };

  struct topology {
    std::string key;
    std::unordered_map<std::string, sums> values;
  };

  struct contribution {
    std::uint32_t key;
    std::string value;
    sums amount;
  };

  const std::vector<voice>& voices_of(const pod_class& pod,
                                      const pod_class& other,
                                      const namespace_labels& namespaces);
  std::uint32_t key_index(const std::string& key);
  voice& voice_for(std::vector<voice>& in, const std::string& key);
  void apply(const contribution& one, int by);
  const sums* find(const std::string& key, std::string_view value) const;

  std::vector<topology> topologies_;
  std::unordered_map<std::uint64_t, std::vector<voice>> voices_; ///< by class
  std::vector<std::vector<contribution>> rows_;
  std::int64_t near_pairs_ = 0; ///< pairs of key and value with such pods
  std::int64_t unwelcome_pairs_ = 0;
  std::int64_t score_pairs_ = 0;
};

/// Brings preferences into [0, score_max].
void normalize_preferences(std::vector<std::int64_t>& preferences);

} // namespace troupe::scheduler
