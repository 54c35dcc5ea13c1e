#include "tests/sim/workload/client.hpp"

#include <algorithm>
#include <array>

/// What clients do: drawn, from what they last heard of each key.
namespace troupe::sim {

store::key key_of(unsigned number) {
  return (number % 2 == 0 ? "app/a/" : "app/b/") + std::to_string(number);
}

wall_time wall_at(mono_time t) {
  return wall_time{std::chrono::seconds{1'800'000'000}} + t.time_since_epoch();
}

namespace {

std::string describe(const call_record& call) {
  if (const auto* raise = std::get_if<raise_call>(&call.what))
    return "to raise " + raise->fence.name + " to "
           + std::to_string(raise->fence.epoch.value());
  if (const auto* read = std::get_if<read_call>(&call.what))
    return "to read " + read->prefix
           + (read->at ? " at " + std::to_string(read->at->value()) : "");
  std::string out = "to change";
  for (const auto& op : std::get<write_call>(call.what).proposal.ops)
    std::visit([&](const auto& o) { out += " " + o.key; }, op);
  return out;
}

} // namespace

void client::begin() {
  busy_ = true;
  attempts_ = 0;
  undecided_ = false;
  record_ = shared_.all.calls.size();
  call_record call;
  call.client = number_;
  call.begun = world().time.now();
  until_ = call.begun + world().drawn.deadline + world().drawn.patience;
  const auto draw = random_.below(100);
  if (draw < 55)
    call.what = write_call{draw_proposal(), {}};
  else if (draw < 60)
    call.what = draw_raise();
  else
    call.what = draw_read();
  shared_.all.calls.push_back(std::move(call));
  world().note("client", number_, "begins call", record_, describe(record()));
  attempt();
}

store::key client::draw_key() {
  return key_of(static_cast<unsigned>(random_.below(world().drawn.keys)));
}

store::put client::draw_put(const store::key& key) {
  auto value = "c" + std::to_string(number_) + "." + std::to_string(++values_);
  const auto most = world().drawn.value_octets;
  value.append(random_.below(most + 1), '.');
  return {key, make_shared_bytes(std::move(value)), {}};
}

store::guard client::draw_guard(const store::key& key, bool exists) {
  if (!exists)
    return store::key_absent{key};
  const auto known = known_.find(key);
  if (known == known_.end() || known->second == store::revision{}
      || random_.chance(15))
    return store::key_present{key};
  return store::key_at_revision{key, known->second};
}

store::proposal client::draw_proposal() {
  store::proposal out;
  std::array<std::uint8_t, 16> id{};
  for (auto& octet : id)
    octet = static_cast<std::uint8_t>(random_.below(256));
  out.id = store::proposal_id{id};
  out.deadline = wall_at(world().time.now()) + world().drawn.deadline;
  std::vector<store::key> keys{draw_key()};
  if (random_.chance(15))
    if (auto other = draw_key(); other != keys[0])
      keys.push_back(other);
  for (const auto& key : keys) {
    const auto known = known_.find(key);
    const bool exists =
        known != known_.end() && known->second != store::revision{};
    if (random_.chance(80))
      out.guards.push_back(draw_guard(key, exists));
    if (exists && random_.chance(25))
      out.ops.push_back(store::erase{key});
    else
      out.ops.push_back(draw_put(key));
  }
  if (random_.chance(20))
    draw_fence(out);
  return out;
}

void client::draw_fence(store::proposal& out) {
  const auto name = random_.chance(50) ? "lease-1" : "lease-2";
  if (const auto known = epochs_.find(name); known != epochs_.end())
    out.fence = store::fence{name, known->second};
}

raise_call client::draw_raise() {
  // Mostly a newer epoch than any; now and then one that comes too late.
  auto epoch = ++shared_.last_epoch;
  if (random_.chance(20))
    epoch = 1 + random_.below(epoch);
  const auto name = random_.chance(50) ? "lease-1" : "lease-2";
  return {{name, store::revision{epoch}}, {}};
}

read_call client::draw_read() {
  read_call out;
  out.range = random_.chance(40);
  out.prefix = out.range ? std::string{prefixes[random_.below(3)]} : draw_key();
  if (random_.chance(30) && newest_ > store::revision{}) {
    // Not long ago; sometimes further back than is kept.
    const auto back = random_.below(random_.chance(10) ? 2000 : 30);
    out.at =
        store::revision{newest_.value() > back ? newest_.value() - back : 1};
  }
  return out;
}

} // namespace troupe::sim
