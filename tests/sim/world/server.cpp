#include "tests/sim/world/server.hpp"

#include "messages/base/check.hpp"
#include "messages/base/overload.hpp"
#include "messages/protocol/replica_message.hpp"

#include <utility>

namespace troupe::sim {

namespace {

constexpr raft::group_id group{1};
constexpr wall_time epoch{std::chrono::seconds{1'800'000'000}};

raft::member_id member(unsigned number) {
  return raft::member_id{"s" + std::to_string(number + 1)};
}

} // namespace

server::server(environment& world, unsigned number, std::uint64_t seed)
    : world_(world), number_(number), random_(seed) {
  const auto drift = static_cast<std::int64_t>(world_.drawn.drift);
  drift_ = static_cast<std::int64_t>(
               random_.below(static_cast<std::uint64_t>(2 * drift + 1)))
           - drift;
}

server::~server() = default;

state::replica_config server::config() const {
  const auto& o = world_.drawn;
  state::replica_config out;
  out.core.raft.group = group;
  out.core.raft.self = member(number_);
  for (unsigned i = 0; i < o.servers; ++i)
    out.core.raft.voters.push_back(member(i));
  out.core.raft.election_timeout_ticks = o.election_ticks;
  out.core.raft.append_entries_max = o.append_entries_max;
  out.core.raft.inflight_appends_max = o.inflight_appends_max;
  out.core.raft.kept_entries = o.kept_entries;
  out.core.snapshot_entries = o.snapshot_entries;
  out.core.compaction_interval = o.compaction_interval;
  out.core.proposal_deadline_max = o.deadline;
  out.log.self = {"simulated", out.core.raft.self};
  out.log.segment_octets = o.segment_octets;
  out.log.frame_alignment = 512;
  out.log.batch_octets_max = o.segment_octets / 2;
  return out;
}

wall_time server::wall() const {
  return epoch + mono().time_since_epoch() + clock_offset_;
}

mono_time server::mono() const {
  const auto t = world_.time.now().time_since_epoch();
  return mono_time{t + t / 1'000'000 * drift_};
}

/// Runs `what` then, unless the process has died; once it goes on, if it is
/// paused.
template <class Callback>
void server::later(duration wait, Callback what) {
  world_.time.after(wait, [this, life = life_, what = std::move(what)] {
    if (life != life_ || !up())
      return;
    if (paused_)
      frozen_.push_back(what);
    else
      what();
  });
}

void server::start() {
  TROUPE_CHECK(!up(), "a server that runs is not started");
  if (world_.bug == planted_bug::amnesia && life_ > 0) {
    const auto port = storage_.beside();
    for (const auto& file : *port->list())
      TROUPE_CHECK(port->remove(file).has_value(), "a file can be removed");
  }
  if (world_.bug == planted_bug::forgotten_vote && life_ > 0)
    forget_vote();
  ++life_;
  disk_ = std::make_unique<process_disk>(storage_, world_.bug);
  auto settings = config();
  settings.core.raft.seed = random_.next();
  std::vector<std::string> findings;
  auto opened = state::replica::open(*disk_, settings, findings);
  for (const auto& finding : findings)
    world_.note(name(), "found", finding);
  world_.count.add("starts");
  if (!opened) {
    disk_.reset();
    if (opened.error().code == errc::no_space) {
      // Room has to be made first.
      world_.count.add("starts on a full disk");
      return world_.time.after(std::chrono::milliseconds{500}, [this] {
        if (!up())
          start();
      });
    }
    return world_.found.fail(
        "recovery", name() + " does not start: " + opened.error().message);
  }
  replica_ = std::move(*opened);
  if (replica_->core().raft().is_suspect())
    world_.count.add("suspect tails");
  const auto view = replica_->core().view();
  snapshot_known_ = replica_->core().raft().snapshot().index;
  compacted_ = view->compacted();
  world_.log.begins(number_, *view);
  hub_ = std::make_unique<watch::watch_hub>(
      view, random_.next(),
      watch::hub_config{std::chrono::seconds{2}, std::chrono::seconds{1},
                        std::chrono::seconds{1}});
  world_.note(name(), "starts at revision", view->applied().value(), "index",
              applied().value());
  tick();
}

void server::forget_vote() {
  const auto self = config().log.self;
  auto read =
      wal::read_hard_state(storage_.content(wal::hard_state_name), self);
  TROUPE_CHECK(read.has_value(), "a hard state that was saved is whole");
  for (auto& [of, state] : read->content.groups)
    state.vote = {};
  const auto slot = wal::encode_hard_state(self, read->content);
  storage_.set_content(wal::hard_state_name, slot + slot);
}

void server::end_life() {
  ++life_;
  disk_->kill();
  streams_.clear();
  proposals_.clear();
  barriers_.clear();
  inbox_.clear();
  frozen_.clear();
  hub_.reset();
  replica_.reset();
  disk_.reset();
  busy_ = syncing_ = ticked_ = paused_ = published_ = false;
  leads_in_ = {};
  snapshot_known_ = {};
  compacted_ = {};
}

void server::kill() {
  if (!up())
    return;
  world_.note(name(), "is killed");
  world_.count.add("kills");
  end_life();
}

void server::cut_power() {
  if (!up())
    return;
  world_.count.add("power cuts");
  if (syncing_) {
    // The power fails in the middle of it.
    storage_.power_off_at(storage_.changes() + random_.below(6));
    (void)replica_->sync([](auto&&) {});
  }
  end_life();
  world_.note(name(), "loses power with", storage_.pending_units(),
              "units pending");
  if (storage_.pending_units() > 0)
    world_.count.add("power cuts with unsynced writes");
  const auto how = random_.below(4);
  storage_.restart(how == 0   ? sim_disk::keep_nothing()
                   : how == 1 ? sim_disk::keep_everything()
                              : sim_disk::keep_seeded(random_.next()));
}

void server::lost(const error& why) {
  world_.note(name(), "ends itself:", why.message);
  world_.found.fail("disk", name() + " gave up: " + why.message);
  end_life();
}

void server::pause() {
  if (!up() || paused_)
    return;
  world_.note(name(), "is paused");
  world_.count.add("pauses");
  paused_ = true;
}

void server::resume() {
  if (!paused_)
    return;
  world_.note(name(), "goes on");
  paused_ = false;
  for (auto& what : std::exchange(frozen_, {}))
    if (up())
      what();
  if (up())
    wake();
}

void server::resign() {
  if (!leads() || world_.drawn.servers == 1)
    return;
  world_.count.add("transfers asked for");
  const auto heir = (number_ + 1 + random_.below(world_.drawn.servers - 1))
                    % world_.drawn.servers;
  input(raft::input{
      raft::transfer_leadership{member(static_cast<unsigned>(heir))}});
}

void server::fill_disk(bool full) {
  std::uint64_t used = 0;
  const auto port = storage_.beside();
  if (const auto names = port->list())
    for (const auto& file : *names)
      used += storage_.content(file).size();
  storage_.set_capacity(full ? used + random_.below(8192) : ~std::uint64_t{0});
}

bool server::leads() const {
  return up() && replica_->core().raft().role() == raft::role::leader;
}

raft::log_index server::applied() const {
  return up() ? replica_->core().raft().applied() : raft::log_index{};
}

bool server::commits_all() const {
  return up() && replica_->core().raft().log().last().index == applied();
}

std::string server::describe() const {
  if (!up())
    return name() + " is down";
  const auto& raft = replica_->core().raft();
  return name() + (paused_ ? " is paused, " : " is ")
         + std::string{raft::to_string(raft.role())} + " in term "
         + std::to_string(raft.term().value()) + " of leader '"
         + raft.leader().value() + "', log ends at "
         + std::to_string(raft.log().last().index.value()) + ", committed "
         + std::to_string(raft.log().commit().value()) + ", applied "
         + std::to_string(raft.applied().value())
         + (raft.is_suspect() ? ", suspect" : "")
         + (replica_->full() ? ", disk full" : "");
}

void server::receive(bytes_view message) {
  if (!up())
    return;
  auto decoded = state::decode_replica_message(message);
  TROUPE_CHECK(decoded.has_value(), "the simulated network breaks no message");
  // A frozen process has room for so much.
  if (paused_ && inbox_.size() > 1000)
    return world_.count.add("messages overrun");
  input(state::replica::input_of(std::move(*decoded)));
}

void server::input(state::input what) {
  inbox_.push_back(std::move(what));
  wake();
}

void server::tick() {
  if (!std::exchange(ticked_, true))
    input(state::time_passed{wall(), mono()});
  spread(hub_->tick(mono()));
  later(world_.drawn.tick, [this] { tick(); });
}

void server::wake() {
  if (busy_ || paused_ || inbox_.empty())
    return;
  busy_ = true;
  later(std::chrono::microseconds{5 + random_.below(50)} + step_extra_,
        [this] { drain(); });
}

state::replica_sink server::sink() {
  return [this](state::replica_effect what) { carry_out(what); };
}

void server::drain() {
  ticked_ = false;
  auto batch = std::exchange(inbox_, {});
  const auto life = life_;
  auto done = replica_->step(batch, sink());
  TROUPE_CHECK(life == life_, "no effect ends the replica");
  if (!done)
    return lost(done.error());
  compare();
  busy_ = false;
  if (replica_->wants_sync())
    begin_sync();
  else
    wake();
}

void server::begin_sync() {
  busy_ = syncing_ = true;
  const auto& o = world_.drawn;
  const auto width = static_cast<std::uint64_t>(
      (o.sync_latency_max - o.sync_latency_min).count());
  const auto takes =
      (o.sync_latency_min
       + duration{static_cast<std::int64_t>(random_.below(width + 1))})
      * disk_factor_;
  later(takes, [this] { end_sync(); });
}

void server::end_sync() {
  busy_ = syncing_ = false;
  world_.count.add("syncs");
  const auto synced = replica_->sync(sink());
  if (!synced)
    return lost(synced.error());
  compare();
  if (!*synced) {
    world_.count.add("syncs on a full disk");
    busy_ = syncing_ = true;
    return later(std::chrono::milliseconds{50}, [this] { end_sync(); });
  }
  if (replica_->wants_sync())
    begin_sync();
  else
    wake();
}

void server::carry_out(state::replica_effect& what) {
  std::visit(overload{
                 [this](state::send_message& e) { send_to_peer(e); },
                 [this](state::answer_proposal& e) {
                   if (auto call = proposals_.extract(e.tag))
                     call.mapped()(std::move(e.outcome));
                 },
                 [this](state::answer_barrier& e) {
                   if (auto call = barriers_.extract(e.tag))
                     call.mapped()(e.outcome);
                 },
                 [this](state::publish& e) { published(e); },
                 [this](state::save_snapshot& e) { save(e); },
                 [this](raft::role_changed& e) {
                   world_.note(name(), "is", raft::to_string(e.role), "in term",
                               e.term.value());
                   if (e.role != raft::role::leader || e.term == leads_in_)
                     return;
                   leads_in_ = e.term;
                   world_.count.add("elections won");
                   world_.log.leads(number_, e.term);
                 },
                 [this](raft::transfer_failed&) {
                   world_.count.add("transfers failed");
                 },
             },
             what);
}

void server::send_to_peer(state::send_message& what) {
  auto& message = what.message;
  if (auto* raw = std::get_if<raft::message>(&message)) {
    if (std::holds_alternative<raft::snapshot_chunk>(raw->body))
      world_.count.add("snapshot chunks sent");
    auto* append = std::get_if<raft::append_request>(&raw->body);
    if (append && append->entries.size() > 1
        && world_.bug == planted_bug::swapped_entries && random_.chance(5)
        && append->entries[0].payload && append->entries[1].payload)
      std::swap(append->entries[0].payload, append->entries[1].payload);
  } else if (auto* forward = std::get_if<state::forward_request>(&message)) {
    world_.count.add("proposals forwarded", forward->commands.size());
  }
  const auto& to = state::receiver_of(message).value();
  auto octets = make_shared_bytes(state::encode(message));
  world_.told.mix(*octets);
  send(static_cast<unsigned>(std::stoul(to.substr(1)) - 1), std::move(octets));
}

void server::save(const state::save_snapshot& what) {
  later(world_.drawn.snapshot_latency, [this, what] {
    const auto written = state::write_store_snapshot(
        *disk_, config().log, group, what.at, *what.view);
    world_.count.add(written ? "snapshots taken" : "snapshots failed");
    world_.note(name(), written ? "took" : "could not take", "a snapshot at",
                what.at.index.value());
    input(state::snapshot_saved{what.at, written.has_value()});
  });
}

void server::published(const state::publish& what) {
  published_ = true;
  // A publication without events that is further is one of a snapshot.
  const bool jumped = what.events.empty()
                      && what.view->applied() != world_.log.reached(number_);
  if (jumped && replica_->core().raft().snapshot().index > snapshot_known_) {
    world_.count.add("snapshots installed");
    world_.note(name(), "restored revision", what.view->applied().value());
    world_.log.restored(number_, *what.view);
  } else {
    world_.log.applied(number_, *what.view, what.events);
  }
  spread(hub_->advance(what.view));
}

void server::compare_state() {
  world_.log.compare(number_, applied(), *replica_->core().view());
}

/// After a step: what it left is the state at the index it came to.
void server::compare() {
  const auto& core = replica_->core();
  snapshot_known_ = core.raft().snapshot().index;
  if (!std::exchange(published_, false))
    return;
  if (core.view()->compacted() != compacted_) {
    compacted_ = core.view()->compacted();
    world_.count.add("store compactions");
  }
  // Hashing walks everything, and a difference lasts.
  if (applied().value() % 4 == 0)
    compare_state();
  world_.note(name(), "applied index", applied().value(), "revision",
              core.view()->applied().value(), "compacted", compacted_.value());
}

} // namespace troupe::sim
