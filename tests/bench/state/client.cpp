#include "tests/bench/state/client.hpp"

#include "messages/protocol/store_codec.hpp"
#include "runtime/base/clock.hpp"
#include "runtime/base/entropy.hpp"
#include "tests/bench/state/replica.hpp"

#include <poll.h>

#include <atomic>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <future>
#include <mutex>

namespace troupe::bench {

namespace {

using namespace std::chrono_literals;

constexpr duration patience = 10s;
/// Keys come in no order, and all of them: a prime.
constexpr std::uint64_t stride = 7919;
/// Before it counts: connections, caches, the log's first segment.
constexpr duration warm_up = 500ms;

class clients {
public:
  clients(messenger& bus, const load& wanted, std::string prefix)
      : bus_{&bus}, wanted_{wanted}, prefix_{std::move(prefix)},
        begin_{mono_now() + warm_up},
        end_{begin_
             + std::chrono::duration_cast<duration>(
                 std::chrono::duration<double>{wanted.seconds})},
        running_{wanted.clients} {}

  /// False when one of them failed.
  bool run() {
    for (std::size_t i = 0; i < wanted_.clients; ++i)
      go_on();
    return done_.get_future().wait_for(patience * 3 + (end_ - begin_) + warm_up)
               == std::future_status::ready
           && !failed_;
  }

  const std::vector<float>& times() const { return times_; }

private:
  void go_on() {
    const auto now = mono_now();
    if (now >= end_ || failed_)
      return leave();
    const auto number = next_++;

    const auto key = prefix_ + std::to_string(number * stride % wanted_.keys);
    bus_->ask(replica_address,
              wanted_.verb == "put" ? message_type::propose
                                    : message_type::api_request,
              wanted_.verb == "put" ? proposal(key, number) : key,
              now + patience,
              [this, now](result<bus_answer> answer) { take(now, answer); });
  }

  bytes proposal(const std::string& key, std::uint64_t number) const {
    store::proposal out;
    std::array<std::uint8_t, 16> id = id_;
    std::memcpy(id.data(), &number, sizeof number);
    out.id = store::proposal_id{id};
    out.deadline = wall_now() + patience;
    bytes value(wanted_.value_octets, 'v');
    std::memcpy(value.data(), id.data(), id.size());
    out.ops = {store::put{key, make_shared_bytes(std::move(value)), {}}};
    return *store::encode_command(out);
  }

  void take(mono_time asked, const result<bus_answer>& answer) {
    const auto now = mono_now();
    if (!well(answer)) {
      failed_ = true;
      return leave();
    }
    if (asked >= begin_ && now < end_) {
      std::lock_guard guard{mutex_};
      times_.push_back(
          std::chrono::duration<float, std::micro>(now - asked).count());
    }
    go_on();
  }

  bool well(const result<bus_answer>& answer) const {
    if (!answer) {
      std::fprintf(stderr, "client: %s\n", answer.error().message.c_str());
      return false;
    }
    if (wanted_.verb != "put")
      return answer->payload.size() == wanted_.value_octets;
    const auto outcome = store::decode_outcome(answer->payload);
    return outcome && std::holds_alternative<store::committed>(*outcome);
  }

  void leave() {
    if (--running_ == 0)
      done_.set_value();
  }

  messenger* bus_;
  load wanted_;
  std::string prefix_;
  mono_time begin_;
  mono_time end_;
  std::array<std::uint8_t, 16> id_ = random_id();
  std::atomic<std::uint64_t> next_ = 0;
  std::atomic<std::size_t> running_;
  std::atomic<bool> failed_ = false;
  std::promise<void> done_;
  std::mutex mutex_;
  std::vector<float> times_;
};

/// Asks until somebody answers.
bool wait_for_replica(messenger& bus) {
  const auto deadline = mono_now() + 30s;
  while (mono_now() < deadline) {
    std::promise<bool> heard;
    bus.ask(replica_address, message_type::api_request, "none",
            mono_now() + patience, [&heard](result<bus_answer> answer) {
              heard.set_value(answer && answer->type != message_type{});
            });
    if (heard.get_future().get())
      return true;
    poll(nullptr, 0, 20);
  }
  return false;
}

} // namespace

int run_bus_clients(const nats_config& bus, const load& wanted,
                    const std::string& file) {
  auto joined = make_nats_messenger(bus);
  if (!joined || !wait_for_replica(**joined))
    return 1;
  clients all{**joined, wanted, "bench/" + bus.self.name + "/"};
  if (!all.run())
    return 1;
  const auto& times = all.times();
  std::ofstream{file, std::ios::binary}.write(
      reinterpret_cast<const char*>(times.data()),
      static_cast<std::streamsize>(times.size() * sizeof(float)));
  return 0;
}

} // namespace troupe::bench
