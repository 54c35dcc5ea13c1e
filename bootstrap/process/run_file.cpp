#include "bootstrap/process/run_file.hpp"

#include <nlohmann/json.hpp>

namespace troupe::process {

namespace {

nlohmann::ordered_json to_object(const identity& value) {
  return {{"pid", value.pid},
          {"startTicks", value.start_ticks},
          {"bootId", value.boot_id}};
}

error corrupt(const char* what) {
  return {errc::corrupt, std::string{"supervisor.json: "} + what};
}

result<identity> parse_identity(const nlohmann::json& json) {
  if (!json.is_object())
    return corrupt("a process must be an object");
  const auto pid = json.value("pid", nlohmann::json{});
  const auto ticks = json.value("startTicks", nlohmann::json{});
  const auto boot = json.value("bootId", nlohmann::json{});
  if (!pid.is_number_unsigned() || pid.get<std::uint64_t>() > INT32_MAX
      || !ticks.is_number_unsigned() || !boot.is_string())
    return corrupt("a process needs pid, startTicks and bootId");
  return identity{pid.get<int>(), ticks.get<std::uint64_t>(),
                  boot.get<std::string>()};
}

nlohmann::ordered_json to_object(const process_record& value) {
  nlohmann::ordered_json json{{"name", value.name},
                              {"kind", value.kind},
                              {"running", nullptr},
                              {"restarts", value.restarts},
                              {"lastEnd", value.last_end}};
  if (value.running)
    json["running"] = to_object(*value.running);
  return json;
}

result<process_record> parse_process(const nlohmann::json& json) {
  if (!json.is_object())
    return corrupt("a kept process must be an object");
  const auto name = json.value("name", nlohmann::json{});
  const auto kind = json.value("kind", nlohmann::json{});
  const auto restarts = json.value("restarts", nlohmann::json{});
  const auto last_end = json.value("lastEnd", nlohmann::json{});
  if (!name.is_string() || !kind.is_string() || !restarts.is_number_unsigned()
      || !last_end.is_string())
    return corrupt("a kept process needs name, kind, restarts and lastEnd");
  process_record out;
  out.name = name.get<std::string>();
  out.kind = kind.get<std::string>();
  out.restarts = restarts.get<unsigned>();
  out.last_end = last_end.get<std::string>();
  if (const auto it = json.find("running");
      it != json.end() && !it->is_null()) {
    auto running = parse_identity(*it);
    if (!running)
      return running.error();
    out.running = std::move(*running);
  }
  return out;
}

} // namespace

const process_record* run_record::find(std::string_view name) const {
  for (const auto& each : processes)
    if (each.name == name)
      return &each;
  return nullptr;
}

std::string to_json(const run_record& value) {
  nlohmann::ordered_json json{{"version", run_file_version},
                              {"supervisor", to_object(value.supervisor)},
                              {"processes", nlohmann::ordered_json::array()}};
  for (const auto& each : value.processes)
    json["processes"].push_back(to_object(each));
  return json.dump(2) + "\n";
}

result<run_record> parse_run_record(std::string_view text) {
  const auto json = nlohmann::json::parse(text, nullptr, false);
  if (!json.is_object())
    return corrupt("not a JSON object");
  if (json.value("version", nlohmann::json{}) != run_file_version)
    return error{errc::unsupported,
                 "supervisor.json: written by another version of troupe"};
  run_record out;
  auto supervisor = parse_identity(json.value("supervisor", nlohmann::json{}));
  if (!supervisor)
    return supervisor.error();
  out.supervisor = std::move(*supervisor);
  const auto processes = json.value("processes", nlohmann::json{});
  if (!processes.is_array() || processes.size() > processes_max)
    return corrupt("\"processes\" must be a list");
  for (const auto& each : processes) {
    auto process = parse_process(each);
    if (!process)
      return process.error();
    out.processes.push_back(std::move(*process));
  }
  return out;
}

} // namespace troupe::process
