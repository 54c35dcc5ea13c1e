#include "tests/bench/state/replica.hpp"

#include "actors/state/state_actor.hpp"
#include "messages/protocol/store_codec.hpp"
#include "runtime/base/clock.hpp"
#include "runtime/caf/supervisor_actor.hpp"
#include "runtime/caf/system_config.hpp"
#include "runtime/disk/posix_disk.hpp"
#include "runtime/nats/nats_raft_transport.hpp"

#include <caf/actor_system.hpp>
#include <unistd.h>

#include <cstdio>

namespace troupe::bench {

namespace {

/// As servers have it.
constexpr auto voters_tick = std::chrono::milliseconds{50};

/// What a gateway does for a client, without the API: the proposal as it is.
class replica_service : public bus_service {
public:
  explicit replica_service(std::shared_ptr<state::state_handle> state)
      : state_{std::move(state)} {}

  void on_request(bus_request request, reply<bus_answer> answer) override {
    if (request.type == message_type::propose)
      return propose(request, std::move(answer));
    state_->read_index(
        request.deadline,
        [state = state_, key = std::move(request.payload),
         answer = std::move(answer)](store::barrier_outcome outcome) {
          if (outcome != store::barrier_outcome::reached)
            return answer({});
          const auto value = state->current()->get(key);
          answer({message_type::api_response, value ? *value->value : bytes{}});
        });
  }

  result<std::shared_ptr<bus_stream_handler>>
  on_open(bus_request, std::shared_ptr<bus_stream>) override {
    return error{errc::unsupported, "no streams here"};
  }

private:
  void propose(const bus_request& request, reply<bus_answer> answer) {
    auto command = store::decode_command(request.payload);
    auto* proposal =
        command ? std::get_if<store::proposal>(&*command) : nullptr;
    if (proposal == nullptr)
      return answer({});
    state_->propose(std::move(*proposal), [answer = std::move(answer)](
                                              store::propose_outcome what) {
      auto octets = store::encode_outcome(what);
      if (octets)
        answer({message_type::propose_outcome, std::move(*octets)});
    });
  }

  std::shared_ptr<state::state_handle> state_;
};

state::state_actor_config describe(const std::string& self,
                                   const std::vector<std::string>& voters,
                                   const std::string& directory) {
  state::state_actor_config out;
  auto& raft = out.replica.core.raft;
  raft.group = raft::group_id{1};
  raft.self = raft::member_id{self};
  for (const auto& voter : voters)
    raft.voters.emplace_back(voter);
  out.replica.log.self = {"bench", raft.self};
  out.open_disk = [directory] { return open_posix_disk(directory); };
  out.fatal = [](const error& why) {
    std::fprintf(stderr, "replica: %s\n", why.message.c_str());
    _exit(1);
  };
  return out;
}

} // namespace

int run_replica(const nats_config& bus, const std::vector<std::string>& voters,
                const std::string& directory) {
  const auto path = "/server/" + bus.self.name;
  auto messenger = make_nats_messenger(bus);
  if (!messenger)
    return 1;
  auto handle = std::make_shared<state::state_handle>(
      std::make_shared<actors::door<state::call>>(path + "/state/main", "state",
                                                  64 * 1024));
  auto settings = describe(bus.self.name, voters, directory);
  if (voters.size() > 1) {
    auto transport = make_nats_raft_transport(
        bus, [handle](const raft::member_id& from, bytes_view octets) {
          handle->hear(from, octets);
        });
    if (!transport)
      return 1;
    settings.transport = std::move(*transport);
    settings.tick = voters_tick;
  }
  actors::system_config config;
  caf::actor_system system{config};
  actors::supervisor_config tree;
  tree.children.push_back(
      {handle->entrance(),
       [handle, settings](caf::event_based_actor& parent) -> caf::actor {
         return parent.spawn<state::state_actor, caf::detached>(handle,
                                                                settings);
       }});
  const auto root = system.spawn(actors::supervisor, std::move(tree));
  const auto served =
      (*messenger)
          ->serve(path + "/bench", std::make_shared<replica_service>(handle));
  for (;;)
    pause();
}

} // namespace troupe::bench
