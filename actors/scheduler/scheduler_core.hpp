#pragma once

#include "actors/scheduler/cycle.hpp"
#include "actors/scheduler/event_series.hpp"
#include "actors/scheduler/related_pods.hpp"
#include "actors/scheduler/scheduler_requests.hpp"
#include "actors/scheduler/scheduling_queue.hpp"
#include "runtime/control/control_loop.hpp"
#include "runtime/control/informer_cache.hpp"
#include "runtime/control/revision_barrier.hpp"

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

namespace troupe::scheduler {

using control::call_answered;
using control::call_effect;
using control::call_ticket;
using control::moment;
using control::read_ended;

/// The scheduler without its actor: what waits, what the nodes have, which
/// binds are under way. It rebuilds itself from the first view it is given, so
/// it may die at any point; it places nothing before a linearizable read has
/// shown it all that the one before it did.
///
/// A pod that is placed counts on its node at once, as assumed:
///
///     in hand ──bind──▶ assumed ──(the view shows it on a node)──▶ there
///        ▲                │  │ refused
///        │                │  └────────────▶ forgotten, tried again later
///        │                ▼ answer lost, or none in time
///        └─(not bound)─ waits for a linearizable read
class scheduler_core final : public control::control_loop {
public:
  /// Binds under way at the same time.
  static constexpr std::size_t binds_max = 256;
  /// Cycles of one step; more go on in the next.
  static constexpr std::size_t cycles_max = 256;
  /// Other writes under way; past it events are dropped, and conditions wait.
  static constexpr std::size_t writes_max = 1024;
  /// So many answers can be under way: room a mailbox must have.
  static constexpr std::size_t answers_max = binds_max + writes_max;
  /// Without an answer for so long, a bind's outcome counts as unknown.
  static constexpr duration assumption_max = std::chrono::minutes{1};
  /// Classes whose views are kept.
  static constexpr std::size_t views_max = 64;

  /// `instance` signs events: "default-scheduler-s1".
  scheduler_core(std::string instance, std::uint64_t seed);

  control::loop_effects step(const moment& now,
                             std::shared_ptr<const store::store_snapshot> view,
                             std::vector<control::loop_input> inputs) override;

  /// What to hear of, as key prefixes.
  static std::vector<std::string> prefixes();

  bool quiet() const override;

  const node_table& nodes() const { return table_; }
  const scheduling_queue& queue() const { return queue_; }
  const namespace_labels& namespaces() const { return namespaces_; }

private:
  struct assumption {
    pod_ptr pod;
    std::optional<mono_time> expires; ///< none: the bind was answered
    bool unknown = false;
    std::string why; ///< of an unknown outcome
  };

  enum class call_kind : std::uint8_t { bind, status, event };

  struct call {
    call_kind kind = call_kind::event;
    pod_ptr pod;          ///< of a bind, or a status
    std::string node;     ///< of a bind
    api::request request; ///< of an event
  };

  struct kept_view {
    class_view view;
    std::uint64_t epoch; ///< of what relates pods
    std::uint64_t used;  ///< when, in cycles
  };

  void look(std::shared_ptr<const store::store_snapshot> view);
  void change(const control::object_change& change);
  void change_node(const control::object_change& change);
  void change_namespace(const control::object_change& change);
  void change_pod(const control::object_change& change);
  void leave(const pod_info& before);
  void arrive(const pod_ptr& now, const pod_info* before);
  void settle(const pod_ptr& now, const pod_info* before);

  void take(call_answered& input);
  void take_bind(const call& mine, const api::response& answer);
  void take_event(call& mine, const api::response& answer);
  void take(read_ended& input);
  void expire();

  void cycle(const pod_ptr& pod);
  class_view& view_for(const pod_class_ptr& what);
  void assume(const pod_ptr& pod, row node);
  void doubt(const std::string& uid, assumption& mine, std::string why);
  void give_up(const std::string& uid, const std::string& why);
  void fail(const pod_info& pod, failure why);
  void say_again();
  void write_status(const std::string& uid);
  void tell_scheduled(const pod_info& pod, const std::string& node);
  void tell(const pod_info& pod, bool warning, std::string reason,
            std::string action, std::string note);
  void send(call what, api::request request);
  void wake_at(std::optional<mono_time> when);

  prng random_;
  control::informer_cache cache_;
  control::revision_barrier barrier_;
  class_table classes_;
  node_table table_;
  namespace_labels namespaces_;
  related_pods related_;
  scheduling_queue queue_;
  event_series events_;
  std::unordered_map<control::object_key, pod_ptr> pods_;
  std::map<std::uint64_t, kept_view> views_; ///< by class
  std::uint64_t cycles_ = 0;
  std::map<std::string, assumption> assumed_; ///< by uid
  std::map<call_ticket, call> calls_;
  call_ticket last_ticket_;
  std::size_t writes_ = 0; ///< calls that are no binds
  /// Why pods are not placed, until they are or go, by uid.
  std::map<std::string, failure> failures_;
  /// Whose failure is to be written (again), and when.
  std::set<std::pair<mono_time, std::string>> unsaid_;
  bool ready_ = false; ///< the first read has passed
  std::optional<mono_time> read_again_;
  moment now_{};
  control::loop_effects out_;
};

} // namespace troupe::scheduler
