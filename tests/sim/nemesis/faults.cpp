#include "tests/sim/nemesis/fault_kinds.hpp"
#include "tests/sim/nemesis/nemesis.hpp"

#include <algorithm>

namespace troupe::sim {

unsigned arena::draw_leader() {
  for (unsigned i = 0; i < servers.size(); ++i)
    if (servers[i]->leads() && !servers[i]->paused())
      return i;
  return draw_server();
}

namespace {

using undo = std::function<void()>;
using links = std::vector<std::pair<unsigned, unsigned>>;

undo back_up(arena& a, unsigned who) {
  return [&at = *a.servers[who]] {
    if (!at.up())
      at.start();
  };
}

undo kill(arena& a, unsigned who) {
  a.servers[who]->kill();
  return back_up(a, who);
}

undo cut_power(arena& a, unsigned who) {
  a.servers[who]->cut_power();
  return back_up(a, who);
}

undo cut_all_power(arena& a) {
  for (auto& one : a.servers)
    one->cut_power();
  return [&a] {
    for (unsigned i = 0; i < a.servers.size(); ++i)
      back_up(a, i)();
  };
}

undo pause(arena& a, unsigned who) {
  a.servers[who]->pause();
  return [&at = *a.servers[who]] { at.resume(); };
}

/// Cuts these links, one way each.
undo cut(arena& a, const links& which) {
  for (const auto& [from, to] : which)
    a.world.net.block(from, to);
  return [&a, which] {
    for (const auto& [from, to] : which)
      a.world.net.unblock(from, to);
  };
}

template <class Predicate>
undo cut_where(arena& a, Predicate which) {
  links out;
  const auto count = static_cast<unsigned>(a.servers.size());
  for (unsigned from = 0; from < count; ++from)
    for (unsigned to = 0; to < count; ++to)
      if (from != to && which(from, to))
        out.emplace_back(from, to);
  return cut(a, out);
}

/// Two sides that do not hear each other.
undo split(arena& a) {
  std::vector<bool> side;
  for (std::size_t i = 0; i < a.servers.size(); ++i)
    side.push_back(a.random.chance(50));
  return cut_where(a, [&](auto x, auto y) { return side[x] != side[y]; });
}

undo isolate(arena& a, unsigned who) {
  return cut_where(a, [&](auto x, auto y) { return x == who || y == who; });
}

/// `who` is heard by nobody, or hears nobody.
undo one_way(arena& a) {
  const auto who = a.draw_server();
  const bool deaf = a.random.chance(50);
  return cut_where(a, [&](auto x, auto y) { return (deaf ? y : x) == who; });
}

/// Each hears its neighbours only; of three, two do not hear each other.
undo ring(arena& a) {
  const auto count = static_cast<unsigned>(a.servers.size());
  if (count <= 3) {
    const auto alone = a.draw_server();
    return cut_where(a,
                     [&](auto x, auto y) { return x != alone && y != alone; });
  }
  return cut_where(a, [&](auto x, auto y) {
    const auto distance = (x + count - y) % count;
    return distance != 1 && distance != count - 1;
  });
}

/// One link of each way is cut or not.
undo holes(arena& a) {
  return cut_where(a, [&](auto, auto) { return a.random.chance(25); });
}

undo cut_clients(arena& a) {
  const auto who = a.draw_server();
  const auto& o = a.world.drawn;
  links out;
  for (unsigned c = 0; c < o.clients + o.watchers; ++c) {
    if (a.random.chance(70))
      out.emplace_back(o.servers + c, who);
    if (a.random.chance(70))
      out.emplace_back(who, o.servers + c);
  }
  return cut(a, out);
}

undo slow_links(arena& a) {
  const auto who = a.draw_server();
  const auto by = std::chrono::milliseconds{20 + a.random.below(400)};
  a.world.net.slow_down(who, by);
  return [&a, who] { a.world.net.slow_down(who, {}); };
}

undo lossy_links(arena& a) {
  const auto who = a.draw_server();
  a.world.net.lose_more(
      who, static_cast<std::uint32_t>(50'000 + a.random.below(700'000)));
  return [&a, who] { a.world.net.lose_more(who, 0); };
}

undo slow_disk(arena& a) {
  const auto who = a.draw_server();
  a.servers[who]->slow_disk(5 + static_cast<unsigned>(a.random.below(200)));
  return [&at = *a.servers[who]] { at.slow_disk(1); };
}

undo full_disk(arena& a) {
  const auto who = a.draw_server();
  a.servers[who]->fill_disk(true);
  return [&at = *a.servers[who]] { at.fill_disk(false); };
}

undo slow_steps(arena& a) {
  const auto who = a.draw_server();
  a.servers[who]->slow_steps(std::chrono::milliseconds{1 + a.random.below(80)});
  return [&at = *a.servers[who]] { at.slow_steps({}); };
}

/// The wall clock of a server is set, at most a second wrong.
undo set_clock(arena& a) {
  const auto who = a.draw_server();
  const auto by =
      std::chrono::milliseconds{static_cast<int>(a.random.below(2001)) - 1000};
  a.servers[who]->set_clock(by);
  return [&at = *a.servers[who]] { at.set_clock({}); };
}

undo resign(arena& a) {
  a.servers[a.draw_leader()]->resign();
  return [] {};
}

} // namespace

const std::map<std::string, fault, std::less<>>& fault_kinds() {
  static const std::map<std::string, fault, std::less<>> all{
      {"kill", [](arena& a) { return kill(a, a.draw_server()); }},
      {"kill-leader", [](arena& a) { return kill(a, a.draw_leader()); }},
      {"power", [](arena& a) { return cut_power(a, a.draw_server()); }},
      {"power-leader", [](arena& a) { return cut_power(a, a.draw_leader()); }},
      {"power-all", cut_all_power},
      {"pause", [](arena& a) { return pause(a, a.draw_server()); }},
      {"pause-leader", [](arena& a) { return pause(a, a.draw_leader()); }},
      {"split", split},
      {"isolate", [](arena& a) { return isolate(a, a.draw_server()); }},
      {"isolate-leader", [](arena& a) { return isolate(a, a.draw_leader()); }},
      {"one-way", one_way},
      {"ring", ring},
      {"holes", holes},
      {"cut-clients", cut_clients},
      {"slow-links", slow_links},
      {"lossy-links", lossy_links},
      {"slow-disk", slow_disk},
      {"full-disk", full_disk},
      {"slow-steps", slow_steps},
      {"clock", set_clock},
      {"resign", resign},
  };
  return all;
}

bool is_fault_kind(std::string_view name) {
  return fault_kinds().contains(name);
}

} // namespace troupe::sim
