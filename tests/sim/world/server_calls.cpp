#include "tests/sim/world/server.hpp"

#include <algorithm>
#include <utility>

/// What clients ask of a server, and what watches hear.
namespace troupe::sim {

state::ticket server::enter(propose_done done) {
  const state::ticket tag{++last_ticket_};
  proposals_.emplace(tag, std::move(done));
  return tag;
}

state::ticket server::enter(std::function<void(store::barrier_outcome)> done) {
  const state::ticket tag{++last_ticket_};
  barriers_.emplace(tag, std::move(done));
  return tag;
}

void server::propose(store::proposal value, propose_done done) {
  if (!up())
    return;
  if (replica_->full())
    return done(store::overloaded{"the disk is full"});
  if (world_.bug == planted_bug::lost_guard)
    value.guards.clear();
  if (world_.bug == planted_bug::lost_fence)
    value.fence.reset();
  if (world_.bug == planted_bug::fresh_retry && random_.chance(20)) {
    auto id = value.id.value();
    id[0] ^= 1;
    value.id = store::proposal_id{id};
  }
  if (world_.bug == planted_bug::early_answer && leads()) {
    auto at = replica_->core().view()->applied();
    store::committed made_up;
    for (std::size_t i = 0; i < value.ops.size(); ++i)
      made_up.ops.push_back({at = at.next(), true});
    done(std::move(made_up));
    done = [](const auto&) {};
  }
  const auto tag = enter(std::move(done));
  input(state::propose_command{tag, std::move(value)});
}

void server::raise(store::raise_fence value, wall_time deadline,
                   propose_done done) {
  if (!up())
    return;
  if (replica_->full())
    return done(store::overloaded{"the disk is full"});
  const auto tag = enter(std::move(done));
  input(state::raise_command{tag, std::move(value), deadline});
}

void server::read(const read_call& what, read_done done) {
  if (!up())
    return;
  if (!what.at && world_.bug == planted_bug::stale_read)
    return done(look(what));
  const auto tag = enter(
      [this, what, done = std::move(done)](store::barrier_outcome outcome) {
        done(outcome == store::barrier_outcome::reached ? look(what)
                                                        : read_reply{outcome});
      });
  const auto deadline = mono() + world_.drawn.patience;
  if (what.at)
    input(state::wait_revision{tag, *what.at, deadline});
  else
    input(state::read_barrier{tag, deadline});
}

read_reply server::look(const read_call& what) const {
  const auto root = replica_->core().view();
  const bool present = !what.at || world_.bug == planted_bug::wrong_revision;
  const auto at = present ? root->applied() : *what.at;
  read_reply out{store::barrier_outcome::reached, root->gap(at)};
  if (out.gap)
    return out;
  out.answer.revision = what.at.value_or(at);
  const auto see = [&](const store::key& key, const store::version_ptr& v) {
    out.answer.objects.push_back({key, v->modified, *v->value});
    return true;
  };
  if (what.range)
    root->range(what.prefix, store::prefix_end(what.prefix), at, see);
  else if (const auto found = root->get(what.prefix, at))
    see(what.prefix, found);
  return out;
}

bool server::watch(std::string prefix, store::revision after,
                   watch_stream stream) {
  if (!up())
    return false;
  const auto tag =
      enter([this, prefix = std::move(prefix), after,
             stream = std::move(stream)](store::barrier_outcome outcome) {
        if (outcome != store::barrier_outcome::reached)
          return stream.ended(watch::watch_end::unavailable);
        const watch::watch_id id{++last_ticket_};
        streams_.emplace(id, stream);
        spread(hub_->advance(replica_->core().view()));
        watch::watch_request request;
        request.prefix = prefix;
        request.after = after;
        request.bookmarks = true;
        spread(hub_->add(id, std::move(request), mono()));
      });
  input(state::wait_revision{tag, after, mono() + world_.drawn.patience});
  return true;
}

namespace {

seen_event::type type_of(watch::delivery_type t) {
  switch (t) {
    case watch::delivery_type::added:
      return seen_event::type::added;
    case watch::delivery_type::modified:
      return seen_event::type::modified;
    case watch::delivery_type::deleted:
    case watch::delivery_type::bookmark:
      break;
  }
  return seen_event::type::deleted;
}

} // namespace

void server::spread(const watch::hub_output& what) {
  for (const auto& one : what.sends) {
    std::vector<seen_event> events;
    store::revision reached;
    for (const auto& d : what.batch(one)) {
      reached = d.at;
      if (d.type != watch::delivery_type::bookmark)
        events.push_back({d.at, d.key, type_of(d.type), d.object->modified, 0});
    }
    world_.count.add("watch events", events.size());
    if (const auto to = streams_.find(one.to); to != streams_.end())
      stream_out(to->second, std::move(events), reached);
  }
  for (const auto& one : what.finishes)
    close(one.who, one.why);
}

void server::stream_out(watch_stream& to, std::vector<seen_event> events,
                        store::revision reached) {
  if (world_.bug == planted_bug::dropped_event && !events.empty()
      && random_.chance(5))
    events.erase(events.begin());
  if (world_.bug == planted_bug::doubled_event && !events.empty()
      && random_.chance(5))
    events.push_back(events.back());
  const auto takes =
      to.broken ? std::nullopt : world_.net.stream_latency(number_, to.to);
  if (!takes) {
    to.broken = true; // the watcher will notice the silence
    return;
  }
  to.arrives = std::max(to.arrives, world_.time.now() + *takes);
  if (world_.bug == planted_bug::split_event && events.size() > 1) {
    world_.time.at(to.arrives, [deliver = to.deliver, first = events.front()] {
      deliver({first}, first.at);
    });
    events.erase(events.begin());
  }
  world_.time.at(to.arrives, [deliver = to.deliver, events = std::move(events),
                              reached] { deliver(events, reached); });
}

void server::close(watch::watch_id who, watch::watch_end why) {
  if (auto gone = streams_.extract(who))
    gone.mapped().ended(why);
}

} // namespace troupe::sim
