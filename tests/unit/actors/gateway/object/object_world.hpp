#pragma once

#include "actors/gateway/object/object_writer.hpp"
#include "messages/codec/json.hpp"
#include "tests/support/local_store.hpp"

#include <deque>
#include <functional>
#include <string>

namespace troupe::test {

/// What becomes of one proposal.
enum class fate {
  pass,
  not_leader,
  unknown_done, ///< applied, but the answer got lost
  unknown_lost, ///< never applied
  overloaded,
  expired,
};

/// A store that misbehaves as told, one fate per proposal, then well. A wait
/// for writes times out at once and takes the clock along.
class faulty_store final : public store::store_port {
public:
  explicit faulty_store(store::store_port& inner) : inner_{inner} {}

  std::shared_ptr<const store::store_snapshot> current() const override;
  void propose(store::proposal value,
               std::function<void(store::propose_outcome)> done) override;
  void raise(store::raise_fence value, wall_time deadline,
             std::function<void(store::propose_outcome)> done) override;
  void read_index(mono_time deadline,
                  std::function<void(store::barrier_outcome)> done) override;
  void wait_applied(store::revision at, mono_time deadline,
                    std::function<void(store::barrier_outcome)> done) override;
  std::pair<std::shared_ptr<const store::store_snapshot>,
            std::unique_ptr<store::subscription>>
  subscribe(std::function<void(const store::applied_batch&)> on_batch) override;

  std::deque<fate> fates;
  std::deque<store::barrier_outcome> barriers;
  /// What a stale replica shows until the next barrier.
  std::shared_ptr<const store::store_snapshot> stale;
  /// Called before each proposal, with how many came before it: somebody
  /// else's chance to be faster.
  std::function<void(std::size_t)> before_propose;
  std::vector<store::proposal> proposals; ///< all that came
  std::size_t barriers_asked = 0;
  mono_time now{};

private:
  store::store_port& inner_;
};

/// The write path over a store in memory with time and randomness that repeat.
class object_world {
public:
  object_world();
  object_world(const object_world&) = delete;
  object_world& operator=(const object_world&) = delete;

  /// A call about `plural` of v1; "ns/name" or "name" fill the rest in.
  gateway::object_call call(const std::string& plural, const std::string& ns,
                            const std::string& name = {}) const;

  /// The body as the HTTP side decodes it; its problems go into `call`.
  codec::document body(gateway::object_call& call, const std::string& json);

  gateway::object_answer create(gateway::object_call call,
                                const std::string& json);
  gateway::object_answer update(gateway::object_call call,
                                const std::string& json);
  gateway::object_answer patch(gateway::object_call call,
                               gateway::patch_kind kind,
                               const std::string& text, bool force = false);
  gateway::object_answer remove(gateway::object_call call,
                                gateway::delete_call options = {});

  /// Tasks wait for `drain`, which the calls above end with.
  gateway::writer_ports ports();
  gateway::object_writer writer() { return gateway::object_writer{ports()}; }

  void advance(duration by);

  /// Runs what waits to go on after an answer of the store.
  void drain();

  local_store inner;
  faulty_store store{inner};
  wall_time wall;
  /// Numbers to draw before the counter goes on.
  std::deque<std::uint8_t> next_random;
  std::function<bool()> ending; ///< of the ports
  /// As of the ports.
  std::vector<ip_prefix> service_ranges =
      gateway::writer_ports{}.service_ranges;

private:
  gateway::object_answer
  answer_of(const std::function<void(gateway::object_done)>& start);

  std::uint64_t drawn_ = 0;
  std::deque<std::function<void()>> tasks_;
};

/// The object as a client reads it, without managedFields unless asked.
std::string object_json(const codec::document& object,
                        const schema::resource_desc& resource,
                        std::uint64_t revision, bool managed = false);

} // namespace troupe::test
