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

} // namespace

std::string to_json(const run_record& value) {
  nlohmann::ordered_json json{{"version", run_file_version},
                              {"supervisor", to_object(value.supervisor)},
                              {"server", nullptr},
                              {"restarts", value.restarts},
                              {"lastEnd", value.last_end}};
  if (value.server)
    json["server"] = to_object(*value.server);
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
  if (const auto it = json.find("server"); it != json.end() && !it->is_null()) {
    auto server = parse_identity(*it);
    if (!server)
      return server.error();
    out.server = std::move(*server);
  }
  const auto restarts = json.value("restarts", nlohmann::json{});
  const auto last_end = json.value("lastEnd", nlohmann::json{});
  if (!restarts.is_number_unsigned() || !last_end.is_string())
    return corrupt("restarts and lastEnd are missing");
  out.restarts = restarts.get<unsigned>();
  out.last_end = last_end.get<std::string>();
  return out;
}

} // namespace troupe::process
