#include "runtime/events/event_correlator.hpp"

#include <algorithm>
#include <charconv>

namespace troupe::events {

namespace {

constexpr std::size_t messages_max = 10;
constexpr duration similar_period = std::chrono::minutes{10};
constexpr double events_max = 25;
constexpr duration event_period = std::chrono::minutes{5};

std::string join(std::initializer_list<std::string_view> parts) {
  std::string out;
  for (auto each : parts)
    out.append(each).push_back('\n');
  return out;
}

/// "web.17f3a9c2b1d4e6f8": one that is not in use.
std::string name_of(const event_subject& about, std::uint64_t number) {
  char text[16];
  const auto [end, code] = std::to_chars(text, text + sizeof text, number, 16);
  return about.name + "." + std::string(text, end);
}

} // namespace

std::optional<correlated_event>
event_correlator::take(const event_subject& about, const event_note& event,
                       moment now) {
  const auto subject = join({about.kind, about.ns, about.name, about.uid});
  const auto kind =
      subject + join({event.warning ? "Warning" : "Normal", event.reason});
  const auto many = is_one_of_many(kind, event.message, now.mono);
  auto& known =
      known_[many ? kind : kind + join({event.field_path, event.message})];
  if (known.count == 0) {
    const auto nanoseconds = now.wall.time_since_epoch().count();
    known.name =
        name_of(about, static_cast<std::uint64_t>(nanoseconds) + made_++);
    known.first = now.wall;
  }
  ++known.count;
  if (!is_allowed(subject, now.mono))
    return std::nullopt;
  return correlated_event{known.name,
                          (many ? "(combined from similar events): " : "")
                              + event.message,
                          known.first, known.count};
}

/// The first messages go on having events of their own.
bool event_correlator::is_one_of_many(const std::string& kind,
                                      const std::string& message,
                                      mono_time now) {
  auto& similar = similar_[kind];
  if (similar.last && now - *similar.last > similar_period)
    similar.messages.clear();
  similar.last = now;
  const auto [at, is_new] = similar.messages.insert(message);
  if (similar.messages.size() < messages_max)
    return false;
  similar.messages.erase(at);
  return true;
}

bool event_correlator::is_allowed(const std::string& subject, mono_time now) {
  auto& left = allowances_[subject];
  const auto periods = left.last
                           ? static_cast<double>((now - *left.last).count())
                                 / static_cast<double>(event_period.count())
                           : events_max;
  left.events = std::min(left.events + periods, events_max);
  left.last = now;
  if (left.events < 1)
    return false;
  left.events -= 1;
  return true;
}

} // namespace troupe::events
