#include "tests/unit/node/pod/pod_script.hpp"

#include "messages/base/check.hpp"
#include "messages/codec/json.hpp"
#include "messages/codec/scalars.hpp"
#include "messages/codec/yaml.hpp"
#include "messages/meta/time.hpp"
#include "messages/schema/registry.hpp"
#include "messages/view/core_v1.hpp"
#include "node/pod/record.hpp"
#include "node/pod/status.hpp"

#include <map>
#include <sstream>
#include <stdexcept>

namespace troupe::test {

namespace {

using pod::pod_fact;

std::string lines(const std::vector<pod::pod_event>& events) {
  std::string out;
  for (auto& each : events)
    out += "event " + to_string(each) + '\n';
  return out;
}

std::string or_nothing(std::string text) {
  return text.empty() ? "nothing" : text;
}

duration read_duration(const std::string& text) {
  auto value = codec::parse_duration(text);
  if (!value)
    throw std::runtime_error{value.error().message};
  return *value;
}

/// What a probe or hook said.
pod_fact probe_fact(const script_command& command) {
  static const std::map<std::string, pod::probe_kind> kinds{
      {"startup", pod::probe_kind::startup},
      {"readiness", pod::probe_kind::readiness},
      {"liveness", pod::probe_kind::liveness}};
  return pod::probe_changed{
      command.word(1), command.option("id"), kinds.at(command.word(2)),
      command.word(3) == "success" ? pod::probe_verdict::success
                                   : pod::probe_verdict::failure};
}

std::vector<std::int64_t> read_numbers(const std::string& text) {
  std::vector<std::int64_t> out;
  std::istringstream from{text};
  for (std::string each; std::getline(from, each, ',');)
    out.push_back(std::stoll(each));
  return out;
}

/// "uid:gid:group,group".
pod::process_identity read_user(const std::string& text) {
  std::istringstream from{text};
  std::string uid, gid, groups;
  std::getline(from, uid, ':');
  std::getline(from, gid, ':');
  std::getline(from, groups);
  return {std::stoll(uid), std::stoll(gid), read_numbers(groups)};
}

/// "shares,quota,memory".
pod::cgroup_limits read_limits(const std::string& text) {
  const auto all = read_numbers(text);
  return {all.at(0), all.at(1), 100'000, all.at(2)};
}

} // namespace

pod::storage_use read_use(const script_command& command) {
  pod::storage_use out;
  for (const auto& [key, octets] : command.options) {
    const auto slash = key.find('/');
    const auto name = key.substr(slash + 1);
    if (slash == std::string::npos)
      out.others = std::stoll(octets);
    else if (key.starts_with("emptyDir/"))
      out.empty_dirs[name] = std::stoll(octets);
    else
      out.containers[name] = std::stoll(octets);
  }
  return out;
}

codec::document read_pod(const std::string& yaml) {
  const auto* type = schema::find_type("io.k8s.api.core.v1.Pod");
  auto read = codec::decode_yaml(yaml, type);
  if (!read)
    throw std::runtime_error{read.error().message};
  if (!read->problems.empty())
    throw std::runtime_error{read->problems.front()};
  return std::move(read->doc);
}

pod_script::pod_script() : now_(*meta::parse_time("2026-01-01T00:00:00Z")) {
  config_.node_name = "n1";
  config_.host_addresses = {"10.0.0.1"};
}

std::string pod_script::operator()(const script_command& command) {
  static const std::map<std::string, handler> handlers{
      {"pod", &pod_script::set_pod},     {"plan", &pod_script::plan},
      {"run", &pod_script::run},         {"fact", &pod_script::fact},
      {"status", &pod_script::status},   {"store", &pod_script::store},
      {"advance", &pod_script::advance}, {"restart", &pod_script::restart},
      {"record", &pod_script::record}};
  return (this->*handlers.at(command.name))(command);
}

/// An update keeps the status that was stored, unless it brings its own.
std::string pod_script::set_pod(const script_command& command) {
  auto read = read_pod(command.input);
  const view::core_v1::pod before{pod_};
  const view::core_v1::pod after{read};
  if (has_pod_ && before.status() && !after.status())
    read = pod::with_status(read, [&] {
      codec::document status;
      status.root(*status.clone(*before.status().raw()));
      return status;
    }());
  pod_ = std::move(read);
  if (!has_pod_)
    observed_ = pod::observe_new(view::core_v1::pod{pod_}, now_);
  has_pod_ = true;
  return "ok";
}

std::string pod_script::plan(const script_command&) {
  const view::core_v1::pod pod{pod_};
  return or_nothing(
      to_string(compute_pod_actions(pod, observed_, now_, config_)));
}

std::string pod_script::run(const script_command&) {
  const view::core_v1::pod pod{pod_};
  const auto plan = compute_pod_actions(pod, observed_, now_, config_);
  auto out = to_string(plan);
  for (auto& action : plan.actions)
    out += lines(begin(observed_, pod, action, now_, config_));
  const auto again = compute_pod_actions(pod, observed_, now_, config_);
  TROUPE_CHECK(again.actions.empty(), "a plan that was begun is done");
  TROUPE_CHECK(again.look_again == plan.look_again, "a plan looks far ahead");
  return or_nothing(out);
}

std::string pod_script::fact(const script_command& given) {
  const view::core_v1::pod pod{pod_};
  auto command = given;
  if (command.input.ends_with('\n'))
    command.input.pop_back();
  return or_nothing(
      lines(apply(observed_, pod, read_fact(command), now_, config_)));
}

pod_fact pod_script::read_fact(const script_command& command) const {
  const auto& name = command.word(0);
  if (name == "pod_refused")
    return pod::pod_refused{{command.word(1), command.input}};
  if (name == "volumes_mounted")
    return pod::volumes_mounted{};
  if (name == "volumes_failed")
    return pod::volumes_failed{command.word(1), command.input};
  if (name == "sandbox_ready")
    return pod::sandbox_ready{command.word(1), {command.option("ip")}};
  if (name == "sandbox_failed")
    return pod::sandbox_failed{command.input};
  if (name == "sandbox_died")
    return pod::sandbox_died{command.option("id", observed_.sandbox.id),
                             command.input};
  if (name == "sandbox_stopped")
    return pod::sandbox_stopped{};
  if (name == "storage_counted")
    return pod::storage_counted{read_use(command)};
  if (name == "volumes_unmounted")
    return pod::volumes_unmounted{};
  if (name == "pod_removed")
    return pod::pod_removed{};
  if (name == "cleanup_failed")
    return pod::cleanup_failed{command.input};
  if (name == "object_deleted")
    return pod::object_deleted{};
  if (name == "object_vanished")
    return pod::object_vanished{};
  return container_fact(name, command);
}

pod_fact pod_script::container_fact(const std::string& name,
                                    const script_command& command) const {
  const auto& container = command.word(1);
  const auto id = command.option("id");
  if (name == "image_pull_begun")
    return pod::image_pull_begun{
        container, {command.words.begin() + 2, command.words.end()}};
  if (name == "image_present")
    return pod::image_ready{container, id, std::nullopt};
  if (name == "image_pulled")
    return pod::image_ready{
        container, id,
        pod::image_pull{read_duration(command.option("took", "1.5s")),
                        read_duration(command.option("waited", "2s")),
                        std::stoll(command.option("octets", "1000"))}};
  if (name == "image_failed")
    return pod::image_failed{container, command.word(2), command.input};
  if (name == "created")
    return pod::container_created{
        container, command.option("sandbox", observed_.sandbox.id), id,
        read_user(command.option("user", "0:0:0")),
        read_limits(command.option("limits", "2,0,0"))};
  if (name == "started")
    return pod::container_started{container, id, 100, now_};
  if (name == "start_failed")
    return pod::container_start_failed{
        container, command.option("sandbox", observed_.sandbox.id),
        command.word(2), command.input};
  if (name == "exited")
    return pod::container_exited{container,
                                 id,
                                 std::stoi(command.option("code", "0")),
                                 0,
                                 command.option("oom") == "true",
                                 command.input,
                                 now_};
  if (name == "hook_done" || name == "hook_failed")
    return pod::hook_finished{container, id,
                              command.word(2) == "postStart"
                                  ? pod::hook::post_start
                                  : pod::hook::pre_stop,
                              name == "hook_done", command.input};
  if (name == "probe")
    return probe_fact(command);
  throw std::runtime_error{"no such fact: " + name};
}

std::string pod_script::status(const script_command& command) {
  const view::core_v1::pod pod{pod_};
  const auto status = compute_status(pod, observed_, now_, config_);
  if (command.words.empty())
    return codec::encode_json(status.root(), status.type());
  std::string out;
  for (auto& each : command.words) {
    const auto* found = codec::find_path(status.root(), status.type(), each);
    const auto* field = status.type()->find(each);
    out += each + ": "
           + (found == nullptr
                  ? "none"
                  : codec::encode_json(
                      *found, field == nullptr ? nullptr : field->object))
           + '\n';
  }
  return out;
}

std::string pod_script::store(const script_command&) {
  const view::core_v1::pod pod{pod_};
  const auto status = compute_status(pod, observed_, now_, config_);
  pod_ = pod::with_status(pod_, status);
  const view::core_v1::pod stored{pod_};
  apply(observed_, stored, pod::final_status_stored{}, now_, config_);
  TROUPE_CHECK(
      codec::equal(compute_status(stored, observed_, now_, config_).root(),
                   status.root()),
      "a status that was stored is not written again");
  return std::string{stored.status().phase()};
}

std::string pod_script::advance(const script_command& command) {
  now_ += read_duration(command.word(0));
  return meta::format_time(now_);
}

std::string pod_script::restart(const script_command&) {
  const auto text = pod::encode_record(observed_);
  auto read = pod::decode_record(text);
  TROUPE_CHECK(read, "a record can be read");
  observed_ = std::move(*read);
  TROUPE_CHECK(pod::encode_record(observed_) == text,
               "a record survives being read");
  return "ok";
}

std::string pod_script::record(const script_command&) {
  return pod::encode_record(observed_);
}

} // namespace troupe::test
