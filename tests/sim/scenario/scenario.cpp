#include "tests/sim/scenario/scenario.hpp"

#include "runtime/base/prng.hpp"
#include "tests/sim/nemesis/fault_kinds.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <optional>
#include <sstream>

namespace troupe::sim {

namespace {

using words = std::vector<std::string>;

words split(std::string_view line) {
  std::istringstream in{std::string{line.substr(0, line.find('#'))}};
  words out;
  for (std::string word; in >> word;)
    out.push_back(word);
  return out;
}

/// A number in the smallest unit of its kind.
std::optional<std::int64_t> number(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, failed] =
      std::from_chars(text.data(), text.data() + text.size(), value);
  if (failed != std::errc{})
    return {};
  static const std::map<std::string, std::int64_t, std::less<>> units{
      {"", 1},
      {"ns", 1},
      {"us", 1'000},
      {"ms", 1'000'000},
      {"s", 1'000'000'000},
      {"ppm", 1},
      {"%", 10'000},
      {"KiB", 1024}};
  const auto unit =
      units.find(std::string_view{end, text.data() + text.size()});
  if (unit == units.end())
    return {};
  return value * unit->second;
}

struct span_of_values {
  std::int64_t low = 0;
  std::int64_t high = 0;
};

std::optional<span_of_values> span_of(std::string_view word) {
  const auto dots = word.find("..");
  const auto low = number(word.substr(0, dots));
  const auto high =
      dots == std::string_view::npos ? low : number(word.substr(dots + 2));
  if (!low || !high || *low > *high)
    return {};
  return span_of_values{*low, *high};
}

std::int64_t draw_from(span_of_values s, prng& random) {
  return s.low
         + static_cast<std::int64_t>(
             random.below(static_cast<std::uint64_t>(s.high - s.low) + 1));
}

/// `a | b..c | d`: one of the spans, then a value in it.
std::optional<std::int64_t> choose(const words& line, prng& random) {
  std::vector<span_of_values> spans;
  for (std::size_t i = 1; i < line.size(); ++i) {
    if (i % 2 == 0 && line[i] == "|")
      continue;
    const auto span = i % 2 == 1 ? span_of(line[i]) : std::nullopt;
    if (!span)
      return {};
    spans.push_back(*span);
  }
  if (spans.empty() || line.size() % 2 != 0)
    return {};
  return draw_from(spans[random.below(spans.size())], random);
}

using setter = std::function<void(options&, std::int64_t)>;

template <class Field>
setter set(Field options::*field) {
  return
      [field](options& o, std::int64_t v) { o.*field = static_cast<Field>(v); };
}

template <class Field>
setter set_link(Field link_quality::*field) {
  return [field](options& o, std::int64_t v) {
    o.links.*field = static_cast<Field>(v);
  };
}

const std::map<std::string, setter, std::less<>>& settings() {
  static const std::map<std::string, setter, std::less<>> all{
      {"servers", set(&options::servers)},
      {"tick", set(&options::tick)},
      {"election-ticks", set(&options::election_ticks)},
      {"snapshot-entries", set(&options::snapshot_entries)},
      {"kept-entries", set(&options::kept_entries)},
      {"compaction-interval", set(&options::compaction_interval)},
      {"segment", set(&options::segment_octets)},
      {"append-entries", set(&options::append_entries_max)},
      {"inflight-appends", set(&options::inflight_appends_max)},
      {"latency-min", set_link(&link_quality::latency_min)},
      {"latency-max", set_link(&link_quality::latency_max)},
      {"loss", set_link(&link_quality::loss)},
      {"duplicate", set_link(&link_quality::duplicate)},
      {"straggle", set_link(&link_quality::straggle)},
      {"straggle-max", set_link(&link_quality::straggle_max)},
      {"ordered", set_link(&link_quality::ordered)},
      {"sync-min", set(&options::sync_latency_min)},
      {"sync-max", set(&options::sync_latency_max)},
      {"snapshot-latency", set(&options::snapshot_latency)},
      {"drift", set(&options::drift)},
      {"clients", set(&options::clients)},
      {"watchers", set(&options::watchers)},
      {"keys", set(&options::keys)},
      {"value", set(&options::value_octets)},
      {"think", set(&options::think)},
      {"deadline", set(&options::deadline)},
      {"patience", set(&options::patience)},
      {"faulty", set(&options::faulty)},
  };
  return all;
}

/// `fault KIND every SPAN [for SPAN] [chance N%]`
bool read_fault(const words& line, options& out, prng& random) {
  if (line.size() < 4 || line.size() % 2 != 0 || !is_fault_kind(line[1]))
    return false;
  fault_plan plan{line[1]};
  std::int64_t chance = 1'000'000;
  for (std::size_t i = 2; i < line.size(); i += 2) {
    const auto span = span_of(line[i + 1]);
    if (!span)
      return false;
    if (line[i] == "every") {
      plan.every_min = duration{span->low};
      plan.every_max = duration{span->high};
    } else if (line[i] == "for") {
      plan.for_min = duration{span->low};
      plan.for_max = duration{span->high};
    } else if (line[i] == "chance") {
      chance = span->low;
    } else {
      return false;
    }
  }
  if (plan.every_min.count() <= 0)
    return false;
  if (static_cast<std::int64_t>(random.below(1'000'000)) < chance)
    out.faults.push_back(std::move(plan));
  return true;
}

} // namespace

result<options> draw(std::string_view name, std::string_view text,
                     std::uint64_t seed) {
  options out;
  out.seed = seed;
  out.scenario = name;
  prng random{seed};
  std::istringstream lines{std::string{text}};
  for (std::string line; std::getline(lines, line);) {
    const auto parts = split(line);
    if (parts.empty())
      continue;
    bool good = false;
    if (parts[0] == "fault") {
      good = read_fault(parts, out, random);
    } else if (const auto found = settings().find(parts[0]);
               found != settings().end()) {
      const auto value = choose(parts, random);
      good = value.has_value();
      if (good)
        found->second(out, *value);
    }
    if (!good)
      return error{errc::invalid_argument, "scenario " + std::string{name}
                                               + ": '" + line
                                               + "' is not understood"};
  }
  out.links.latency_max =
      std::max(out.links.latency_max, out.links.latency_min);
  out.sync_latency_max = std::max(out.sync_latency_max, out.sync_latency_min);
  return out;
}

std::vector<std::string> scenario_names() {
  std::vector<std::string> out;
  for (const auto& file : std::filesystem::directory_iterator{TROUPE_SCENARIOS})
    if (file.path().extension() == ".txt")
      out.push_back(file.path().stem().string());
  std::sort(out.begin(), out.end());
  return out;
}

result<std::string> read_scenario(std::string_view name) {
  std::string known;
  for (const auto& one : scenario_names()) {
    known += " " + one;
    if (one != name)
      continue;
    std::ifstream file{std::string{TROUPE_SCENARIOS} + "/" + one + ".txt"};
    return std::string{std::istreambuf_iterator<char>{file}, {}};
  }
  return error{errc::not_found, "there is no scenario '" + std::string{name}
                                    + "'; there are" + known};
}

namespace {

std::string text_of(duration d) {
  const auto ns = d.count();
  if (ns % 1'000'000'000 == 0)
    return std::to_string(ns / 1'000'000'000) + "s";
  if (ns % 1'000'000 == 0 || ns > 100'000'000)
    return std::to_string(ns / 1'000'000) + "ms";
  return std::to_string(ns / 1'000) + "us";
}

std::string text_of(duration low, duration high) {
  return low == high ? text_of(low) : text_of(low) + ".." + text_of(high);
}

} // namespace

std::string to_text(const options& o) {
  std::ostringstream out;
  out << "  servers " << o.servers << ", tick " << text_of(o.tick)
      << ", election " << o.election_ticks << " ticks, snapshot every "
      << o.snapshot_entries << " entries, " << o.kept_entries
      << " kept, compaction every " << text_of(o.compaction_interval)
      << ", segments of " << o.segment_octets << " octets, appends of "
      << o.append_entries_max << ", " << o.inflight_appends_max
      << " in flight\n  links "
      << text_of(o.links.latency_min, o.links.latency_max) << ", in a million "
      << o.links.loss << " lost, " << o.links.duplicate << " doubled, "
      << o.links.straggle << " late by up to " << text_of(o.links.straggle_max)
      << "; syncs " << text_of(o.sync_latency_min, o.sync_latency_max)
      << ", snapshots " << text_of(o.snapshot_latency) << ", drift " << o.drift
      << " ppm\n  clients " << o.clients << ", watchers " << o.watchers
      << ", keys " << o.keys << ", values up to " << o.value_octets
      << " octets, thinking up to " << text_of(o.think) << ", deadline "
      << text_of(o.deadline) << ", patience " << text_of(o.patience)
      << "\n  faulty for " << text_of(o.faulty) << '\n';
  for (const auto& fault : o.faults)
    out << "  fault " << fault.kind << " every "
        << text_of(fault.every_min, fault.every_max) << " for "
        << text_of(fault.for_min, fault.for_max) << '\n';
  return out.str();
}

} // namespace troupe::sim
