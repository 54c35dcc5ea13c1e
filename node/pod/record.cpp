#include "node/pod/record.hpp"

#include "messages/codec/json.hpp"
#include "node/pod/spec.hpp"

#include <algorithm>
#include <utility>

namespace troupe::pod {

namespace {

constexpr std::int64_t version = 1;
constexpr std::size_t record_size_max = 1024 * 1024;

// What is read is held inside bounds that arithmetic cannot leave.
constexpr std::int64_t small_max = 1 << 30;
constexpr std::int64_t time_max = std::int64_t{1} << 62;
constexpr std::int64_t span_max = std::int64_t{1} << 61;
constexpr std::int64_t id_max = UINT32_MAX;

// Times are whole nanoseconds since 1970: nothing is lost by a restart.

/// A record is written before hooks run and signals are sent. When the agent
/// died nobody knows whether they did: they are done again.
stop_stage stage_to_repeat(stop_stage stage) {
  switch (stage) {
    case stop_stage::pre_stop:
      return stop_stage::begun;
    case stop_stage::asked:
      return stop_stage::waiting;
    case stop_stage::killed:
      return stop_stage::asked;
    default:
      return stage;
  }
}

class record_writer {
public:
  std::string write(const observed_pod& observed);

private:
  using map = codec::node;

  void put(map& to, std::string_view key, std::string_view value) {
    if (!value.empty())
      out_.set(to, key, out_.make_string(value));
  }

  void put(map& to, std::string_view key, std::int64_t value) {
    if (value != 0)
      out_.set(to, key, out_.make_integer(value));
  }

  void put(map& to, std::string_view key, bool value) {
    if (value)
      out_.set(to, key, out_.make_boolean(true));
  }

  void put(map& to, std::string_view key,
           const std::optional<wall_time>& value) {
    if (value)
      put_time(to, key, *value);
  }

  void put_time(map& to, std::string_view key, wall_time value) {
    out_.set(to, key, out_.make_integer(value.time_since_epoch().count()));
  }

  void put(map& to, std::string_view key, const backoff& value);
  void put(map& to, std::string_view key,
           const std::optional<container_exit>& value);
  void put(map& to, std::string_view key,
           const std::optional<container_stop>& value);
  void put(map& to, std::string_view key,
           const std::optional<process_identity>& value);
  void put(map& to, std::string_view key,
           const std::optional<cgroup_limits>& value);
  map* write_container(const observed_container& container);
  void write_sandbox(map& root, const observed_sandbox& sandbox);

  codec::document out_;
};

void record_writer::put(map& to, std::string_view key, const backoff& value) {
  if (value == backoff{})
    return;
  auto* out = out_.make_map();
  put(*out, "wait", std::int64_t{value.wait.count()});
  put_time(*out, "since", value.since);
  out_.set(to, key, out);
}

void record_writer::put(map& to, std::string_view key,
                        const std::optional<container_exit>& value) {
  if (!value)
    return;
  auto* out = out_.make_map();
  put(*out, "id", value->id);
  put(*out, "code", std::int64_t{value->code});
  put(*out, "signal", std::int64_t{value->signal});
  put(*out, "reason", value->reason);
  put(*out, "message", value->message);
  put(*out, "started", value->started);
  put_time(*out, "finished", value->finished);
  out_.set(to, key, out);
}

void record_writer::put(map& to, std::string_view key,
                        const std::optional<container_stop>& value) {
  if (!value)
    return;
  auto* out = out_.make_map();
  put(*out, "stage", static_cast<std::int64_t>(stage_to_repeat(value->stage)));
  put_time(*out, "since", value->since);
  put_time(*out, "asked", value->signalled);
  put(*out, "grace", std::int64_t{value->grace.count()});
  out_.set(to, key, out);
}

void record_writer::put(map& to, std::string_view key,
                        const std::optional<process_identity>& value) {
  if (!value)
    return;
  auto* out = out_.make_map();
  put(*out, "uid", value->uid);
  put(*out, "gid", value->gid);
  auto* groups = out_.make_list();
  for (auto each : value->groups)
    out_.push_back(*groups, out_.make_integer(each));
  out_.set(*out, "groups", groups);
  out_.set(to, key, out);
}

void record_writer::put(map& to, std::string_view key,
                        const std::optional<cgroup_limits>& value) {
  if (!value)
    return;
  auto* out = out_.make_map();
  put(*out, "cpuShares", value->cpu_shares);
  put(*out, "cpuQuota", value->cpu_quota_us);
  put(*out, "cpuPeriod", value->cpu_period_us);
  put(*out, "memory", value->memory_max);
  out_.set(to, key, out);
}

codec::node*
record_writer::write_container(const observed_container& container) {
  auto* out = out_.make_map();
  // Starts under way are asked for again.
  auto phase = container.phase;
  if (phase == container_phase::creating)
    phase = container.exit ? container_phase::exited : container_phase::waiting;
  put(*out, "phase", static_cast<std::int64_t>(phase));
  put(*out, "id", container.id);
  put(*out, "pid", container.pid);
  put(*out, "sandbox", container.sandbox_id);
  put(*out, "image", container.image);
  put(*out, "imageID", container.image_id);
  put(*out, "user", container.user);
  put(*out, "limits", container.limits);
  put_time(*out, "started", container.started);
  put(*out, "postStarted", container.post_start == hook_phase::done);
  put(*out, "stop", container.stop);
  put(*out, "exit", container.exit);
  put(*out, "lastExit", container.last_exit);
  put(*out, "restarts", std::int64_t{container.restart_count});
  put(*out, "created", container.ever_created);
  put(*out, "comesBack", container.comes_back);
  put(*out, "restartBackoff", container.restarts);
  put(*out, "pullBackoff", container.next_image.pulls);
  return out;
}

void record_writer::write_sandbox(map& root, const observed_sandbox& sandbox) {
  auto* out = out_.make_map();
  // One that was being made or taken down is taken down (again).
  const auto phase = sandbox.phase == sandbox_phase::starting
                             || sandbox.phase == sandbox_phase::stopping
                         ? sandbox_phase::dead
                         : sandbox.phase;
  put(*out, "phase", static_cast<std::int64_t>(phase));
  put(*out, "id", sandbox.id);
  put(*out, "attempt", std::int64_t{sandbox.attempt});
  auto* addresses = out_.make_list();
  for (auto& each : sandbox.addresses)
    out_.push_back(*addresses, out_.make_string(each));
  out_.set(*out, "addresses", addresses);
  out_.set(root, "sandbox", out);
}

std::string record_writer::write(const observed_pod& observed) {
  auto* root = out_.make_map();
  out_.root(*root);
  put(*root, "version", version);
  put(*root, "startTime", observed.start_time);
  write_sandbox(*root, observed.sandbox);
  put(*root, "hasVolumes", observed.volumes.phase != volumes_phase::absent);
  auto* containers = out_.make_map();
  for (auto& [name, container] : observed.containers)
    out_.set(*containers, name, write_container(container));
  out_.set(*root, "containers", containers);
  put(*root, "failedReason", observed.failed_reason);
  put(*root, "failedMessage", observed.failed_message);
  put(*root, "endingSince", observed.ending_since);
  put(*root, "endingGrace", std::int64_t{observed.ending_grace.count()});
  put(*root, "removed",
      observed.removal == removal_phase::removed
          || observed.removal == removal_phase::deleting);
  return codec::encode_json(*root, nullptr);
}

/// A record as it reads; what is of the wrong kind reads as absent.
class record_reader {
public:
  explicit record_reader(const codec::node* map) : map_(map) {}

  explicit operator bool() const { return map_ != nullptr; }

  record_reader at(std::string_view key) const {
    const auto* found = map_ == nullptr ? nullptr : map_->find(key);
    return record_reader{
        found != nullptr && found->is(codec::node_kind::map) ? found : nullptr};
  }

  const codec::node* raw(std::string_view key) const {
    return map_ == nullptr ? nullptr : map_->find(key);
  }

  std::string text(std::string_view key) const {
    const auto* found = raw(key);
    return found == nullptr ? std::string{} : std::string{found->string_or({})};
  }

  std::int64_t number(std::string_view key) const {
    const auto* found = raw(key);
    return found == nullptr ? 0 : found->integer_or(0);
  }

  std::int32_t small(std::string_view key) const {
    return static_cast<std::int32_t>(
        std::clamp<std::int64_t>(number(key), 0, small_max));
  }

  /// A uid or a gid.
  std::int64_t id(std::string_view key) const {
    return std::clamp<std::int64_t>(number(key), 0, id_max);
  }

  std::int64_t amount(std::string_view key) const {
    return std::max<std::int64_t>(number(key), 0);
  }

  bool flag(std::string_view key) const {
    const auto* found = raw(key);
    return found != nullptr && found->boolean_or(false);
  }

  wall_time time(std::string_view key) const {
    return wall_time{
        duration{std::clamp<std::int64_t>(number(key), 0, time_max)}};
  }

  duration span(std::string_view key) const {
    return duration{std::clamp<std::int64_t>(number(key), 0, span_max)};
  }

  std::optional<wall_time> maybe_time(std::string_view key) const {
    if (raw(key) == nullptr)
      return std::nullopt;
    return time(key);
  }

  /// An enumerator, the first one when the number is none of up to `last`.
  template <class E>
  E choice(std::string_view key, E last) const {
    const auto value = number(key);
    return value < 0 || value > static_cast<std::int64_t>(last)
               ? E{}
               : static_cast<E>(value);
  }

  const codec::node* map() const { return map_; }

private:
  const codec::node* map_;
};

backoff read_backoff(const record_reader& from) {
  if (!from)
    return {};
  return {from.span("wait"), from.time("since")};
}

std::optional<container_exit> read_exit(const record_reader& from) {
  if (!from)
    return std::nullopt;
  return container_exit{from.text("id"),      from.small("code"),
                        from.small("signal"), from.text("reason"),
                        from.text("message"), from.maybe_time("started"),
                        from.time("finished")};
}

std::optional<container_stop> read_stop(const record_reader& from) {
  if (!from)
    return std::nullopt;
  return container_stop{from.choice("stage", stop_stage::killed),
                        from.time("since"), from.time("asked"),
                        from.span("grace")};
}

std::optional<process_identity> read_user(const record_reader& from) {
  if (!from)
    return std::nullopt;
  process_identity out{from.id("uid"), from.id("gid"), {}};
  if (const auto* all = from.raw("groups");
      all != nullptr && all->is(codec::node_kind::list))
    for (const auto* each : all->items())
      out.groups.push_back(
          std::clamp<std::int64_t>(each->integer_or(0), 0, id_max));
  return out;
}

std::optional<cgroup_limits> read_limits(const record_reader& from) {
  if (!from)
    return std::nullopt;
  return cgroup_limits{from.amount("cpuShares"), from.amount("cpuQuota"),
                       from.amount("cpuPeriod"), from.amount("memory")};
}

observed_container read_container(const record_reader& from) {
  observed_container out;
  out.phase = from.choice("phase", container_phase::exited);
  out.id = from.text("id");
  out.pid = from.number("pid");
  out.sandbox_id = from.text("sandbox");
  out.image = from.text("image");
  out.image_id = from.text("imageID");
  out.user = read_user(from.at("user"));
  out.limits = read_limits(from.at("limits"));
  out.started = from.time("started");
  out.post_start =
      from.flag("postStarted") ? hook_phase::done : hook_phase::none;
  out.stop = read_stop(from.at("stop"));
  out.exit = read_exit(from.at("exit"));
  out.last_exit = read_exit(from.at("lastExit"));
  out.restart_count = from.small("restarts");
  out.ever_created = from.flag("created");
  out.comes_back = from.flag("comesBack");
  out.restarts = read_backoff(from.at("restartBackoff"));
  out.next_image.pulls = read_backoff(from.at("pullBackoff"));
  return out;
}

/// What the planner takes for granted about a container.
bool is_sound(const observed_container& container) {
  switch (container.phase) {
    case container_phase::waiting:
      return !container.stop;
    case container_phase::creating:
      return false;
    case container_phase::running:
      return !container.exit && !container.id.empty();
    case container_phase::exited:
      return container.exit && !container.stop;
  }
  return false;
}

observed_sandbox read_sandbox(const record_reader& from) {
  observed_sandbox out;
  out.phase = from.choice("phase", sandbox_phase::dead);
  out.id = from.text("id");
  out.attempt = from.small("attempt");
  if (const auto* all = from.raw("addresses");
      all != nullptr && all->is(codec::node_kind::list))
    for (const auto* each : all->items())
      out.addresses.emplace_back(each->string_or({}));
  return out;
}

} // namespace

std::string encode_record(const observed_pod& observed) {
  return record_writer{}.write(observed);
}

result<observed_pod> decode_record(bytes_view text) {
  codec::json_limits limits;
  limits.size_max = record_size_max;
  auto read = codec::decode_json(text, nullptr, limits);
  if (!read)
    return error{read.error().code == errc::too_large ? errc::too_large
                                                      : errc::corrupt,
                 "pod record: " + read.error().message};
  const record_reader root{&read->doc.root()};
  if (!read->doc.root().is(codec::node_kind::map)
      || root.number("version") != version)
    return error{errc::corrupt, "pod record: not of version 1"};
  observed_pod out;
  out.start_time = root.maybe_time("startTime");
  out.sandbox = read_sandbox(root.at("sandbox"));
  // Mounting is idempotent; unmounting what is not mounted is, too.
  if (root.flag("hasVolumes"))
    out.volumes.phase = volumes_phase::failed;
  if (const auto containers = root.at("containers"))
    for (auto& each : containers.map()->entries()) {
      auto container = read_container(record_reader{each.value});
      if (!is_sound(container))
        return error{errc::corrupt, "pod record: container "
                                        + std::string{each.key}
                                        + " contradicts itself"};
      out.containers.emplace(each.key, std::move(container));
    }
  out.failed_reason = root.text("failedReason");
  out.failed_message = root.text("failedMessage");
  out.ending_since = root.maybe_time("endingSince");
  out.ending_grace = root.span("endingGrace");
  if (root.flag("removed"))
    out.removal = removal_phase::removed;
  return out;
}

} // namespace troupe::pod
