#include "tests/sim/workload/watcher.hpp"

#include <algorithm>
#include <iterator>

namespace troupe::sim {

namespace {

constexpr duration silence_max = std::chrono::seconds{3};

} // namespace

watcher::watcher(workload& shared, unsigned number, std::uint64_t seed)
    : shared_(shared), number_(number), random_(seed),
      prefix_(prefixes[random_.below(std::size(prefixes))]) {}

/// Runs `what` then, unless this watcher has gone on to something else.
template <class Callback>
void watcher::later(duration wait, Callback what) {
  world().time.after(wait, [this, mine = stage_, what = std::move(what)] {
    if (mine == stage_ && !stopped_)
      what();
  });
}

void watcher::list() {
  ++stage_;
  const auto record = shared_.all.calls.size();
  read_call what{prefix_, true, {}, {}};
  shared_.all.calls.push_back(
      {world().drawn.clients + number_, world().time.now(), {}, what});
  const auto to = draw_server();
  later(world().drawn.patience, [this] { list(); });
  world().net.send(address(), to, [this, to, what, record, mine = stage_] {
    shared_.servers[to]->read(what, [this, to, record, mine](read_reply r) {
      world().net.send(to, address(), [this, record, mine, r] {
        if (mine == stage_ && !stopped_)
          listed(record, r);
      });
    });
  });
}

void watcher::listed(std::size_t record, read_reply reply) {
  if (reply.barrier != store::barrier_outcome::reached)
    return; // it will be asked again
  auto& call = shared_.all.calls[record];
  call.ended = world().time.now();
  auto& what = std::get<read_call>(call.what);
  what.result = std::move(reply.answer);
  world().count.add("watches begun by a list");
  open(what.result->revision);
}

void watcher::open(store::revision after) {
  ++stage_;
  reached_ = after;
  heard_at_ = world().time.now();
  const auto record = shared_.all.watches.size();
  shared_.all.watches.push_back({number_, prefix_, after, {}, after});
  const auto to = draw_server();
  watch_stream stream;
  stream.to = address();
  const auto mine = stage_;
  stream.deliver = [this, record, mine](std::vector<seen_event> events,
                                        store::revision reached) {
    if (mine == stage_ && !stopped_)
      heard(record, events, reached);
  };
  stream.ended = [this, mine](watch::watch_end why) {
    world().time.after(std::chrono::milliseconds{1}, [this, mine, why] {
      if (mine != stage_ || stopped_)
        return;
      if (why != watch::watch_end::compacted)
        return open(reached_);
      world().count.add("watches compacted");
      list();
    });
  };
  world().count.add("watches opened");
  world().net.send(address(), to, [this, to, after, stream] {
    shared_.servers[to]->watch(prefix_, after, stream);
  });
  guard_silence();
  // A watcher moves on without being told to, and now and then sleeps so long
  // that what it would resume from is gone.
  const auto stays = std::chrono::milliseconds{500 + random_.below(5000)};
  const auto sleeps =
      std::chrono::milliseconds{random_.chance(30) ? random_.below(20'000) : 0};
  later(stays, [this, sleeps] {
    ++stage_;
    later(sleeps, [this] { open(reached_); });
  });
}

void watcher::heard(std::size_t record, const std::vector<seen_event>& events,
                    store::revision reached) {
  auto& watch = shared_.all.watches[record];
  ++batches_;
  for (auto event : events) {
    event.batch = batches_;
    watch.events.push_back(std::move(event));
  }
  watch.reached = std::max(watch.reached, reached);
  reached_ = watch.reached;
  heard_at_ = world().time.now();
}

void watcher::guard_silence() {
  later(silence_max, [this] {
    if (world().time.now() - heard_at_ < silence_max)
      return guard_silence();
    world().count.add("watches silent");
    open(reached_);
  });
}

} // namespace troupe::sim
