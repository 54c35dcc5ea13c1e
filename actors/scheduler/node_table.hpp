#pragma once

#include "actors/scheduler/pod_class.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace troupe::scheduler {

struct node_image {
  std::string name;
  std::int64_t size = 0;

  friend bool operator==(const node_image&, const node_image&) = default;
};

/// What a Node object says. Immutable.
struct node_info {
  std::string name;
  label_set labels;
  std::vector<taint> taints;
  bool unschedulable = false;
  amounts allocatable;
  std::int64_t pods_max = 0;
  std::vector<node_image> images; ///< sorted by name

  friend bool operator==(const node_info&, const node_info&) = default;
};

node_info read_node(const codec::document& node);

/// A pod that takes up room.
struct resident {
  std::string uid;
  pod_class_ptr what;
  std::int64_t priority = 0;
  bool deleting = false;
};

/// The pods of one class on one node.
struct crew {
  pod_class_ptr what;
  std::int32_t pods = 0;    ///< all of them
  std::int32_t leaving = 0; ///< those that are being deleted
};

/// The row of a node; rows are used again.
using row = std::uint32_t;

/// The snapshot of all nodes, a column for each aspect, changed in place as
/// nodes and pods come and go. It remembers which rows were touched, so that
/// whoever looked before looks at those again and at no others.
///
/// Pods may be on a node that is not there (yet): such a row is not `present`,
/// and keeps what they take.
class node_table {
public:
  void put_node(node_info node);
  void remove_node(const std::string& name);

  /// Replaces what was known of the pod, on whichever node.
  void put_pod(const std::string& node, resident pod);
  void remove_pod(const std::string& uid);
  bool has_pod(const std::string& uid) const { return places_.contains(uid); }

  /// Rows go from 0 to here.
  row rows() const { return static_cast<row>(nodes_.size()); }
  /// Nodes that are present.
  std::size_t size() const { return present_; }
  std::optional<row> find(const std::string& name) const;

  bool present(row at) const { return nodes_[at] != nullptr; }
  /// Only of a node that is present.
  const node_info& node(row at) const { return *nodes_[at]; }
  const std::shared_ptr<const node_info>& node_ptr(row at) const {
    return nodes_[at];
  }
  const amounts& requested(row at) const { return requested_[at]; }
  const amounts& guessed(row at) const { return guessed_[at]; }
  const std::vector<host_port>& ports(row at) const { return ports_[at]; }
  const std::vector<resident>& pods(row at) const { return pods_[at]; }
  /// The same by class; none is empty.
  const std::vector<crew>& crews(row at) const { return crews_[at]; }
  /// Pods that say something about other pods.
  std::size_t pods_with_affinity(row at) const { return with_affinity_[at]; }
  /// Nodes that have the image.
  std::size_t holders(const std::string& image) const;
  /// Moves on whenever `holders` of some image, or `size`, may have changed.
  std::uint64_t images_epoch() const { return images_epoch_; }

  /// A moment in the history of touches.
  std::uint64_t position() const { return log_start_ + log_.size(); }

  /// Visits the rows touched since `position`, each at least once; all of them
  /// when that was too long ago.
  template <class F>
  void touched_since(std::uint64_t position, F visit) const {
    if (position < log_start_) {
      for (row at = 0; at < rows(); ++at)
        visit(at);
      return;
    }
    for (auto i = position - log_start_; i < log_.size(); ++i)
      visit(log_[i]);
  }

private:
  row row_for(const std::string& name);
  void free_if_empty(row at);
  void touch(row at);
  void count(row at, const resident& pod, int by);
  void count_crew(row at, const resident& pod, int by);
  void count_images(const node_info& node, int by);

  std::vector<std::string> names_;
  std::vector<std::shared_ptr<const node_info>> nodes_;
  std::vector<amounts> requested_;
  std::vector<amounts> guessed_;
  std::vector<std::vector<host_port>> ports_;
  std::vector<std::vector<resident>> pods_;
  std::vector<std::vector<crew>> crews_;
  std::vector<std::size_t> with_affinity_;

  std::unordered_map<std::string, row> by_name_;
  std::unordered_map<std::string, row> places_; ///< by the pod's uid
  std::unordered_map<std::string, std::size_t> holders_;
  std::vector<row> free_;
  std::uint64_t images_epoch_ = 0;
  std::size_t present_ = 0;
  std::vector<row> log_;
  std::uint64_t log_start_ = 0;
};

} // namespace troupe::scheduler
