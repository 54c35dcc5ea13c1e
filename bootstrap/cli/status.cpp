#include "bootstrap/cli/status.hpp"

#include "bootstrap/cli/observe.hpp"
#include "bootstrap/cli/published_json.hpp"
#include "bootstrap/cli/ready.hpp"
#include "bootstrap/config/duration_text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cctype>

namespace troupe::cli {

namespace {

using nlohmann::ordered_json;

/// Everything the verb shows.
struct findings {
  const status_options& options;
  const cluster::layout& files;
  const observation& seen;
  bool ready = false;
  std::string reason; ///< why it is not ready
};

ordered_json describe(const std::optional<process::identity>& who) {
  const auto up = who ? process::uptime(*who) : std::nullopt;
  if (!up)
    return nullptr;
  return {{"pid", who->pid},
          {"uptimeSeconds",
           std::chrono::duration_cast<std::chrono::seconds>(*up).count()}};
}

std::optional<process::identity> supervisor_of(const observation& seen) {
  return seen.run ? std::optional{seen.run->supervisor} : std::nullopt;
}

std::vector<process::process_record> processes_of(const observation& seen) {
  return seen.run ? seen.run->processes
                  : std::vector<process::process_record>{};
}

ordered_json describe(const process::process_record& what) {
  auto json = describe(what.running);
  if (json.is_null())
    json = {{"pid", nullptr}};
  json["name"] = what.name;
  json["kind"] = what.kind;
  json["restarts"] = what.restarts;
  json["lastEnd"] = what.last_end;
  return json;
}

void print_json(const findings& it, std::ostream& out) {
  const auto& seen = it.seen;
  ordered_json json{
      {"name", it.options.cluster.name},
      {"directory", it.files.root()},
      {"exists", seen.exists},
      {"running", seen.supervisor_alive},
      {"ready", it.ready},
      {"reason", it.reason},
      {"endpoint", nullptr},
      {"published", ordered_json::array()},
      {"kubeconfig", nullptr},
      {"uid", nullptr},
      {"supervisor", describe(supervisor_of(seen))},
      {"processes", ordered_json::array()},
  };
  for (const auto& each : processes_of(seen))
    json["processes"].push_back(describe(each));
  if (seen.record) {
    json["endpoint"] = endpoint(*seen.record);
    json["published"] = published_json(*seen.record);
    json["kubeconfig"] = it.files.kubeconfig();
    json["uid"] = seen.record->uid;
  }
  out << json.dump(2) << std::endl;
}

std::string process_line(const std::optional<process::identity>& who) {
  const auto up = who ? process::uptime(*who) : std::nullopt;
  if (!up)
    return "not running";
  return "process " + std::to_string(who->pid) + ", up "
         + describe_duration(*up);
}

void print_process(const process::process_record& what, bool kept,
                   std::ostream& out) {
  constexpr std::size_t width = 13;
  auto title = what.kind + " " + what.name + ":";
  title[0] = static_cast<char>(std::toupper(title[0]));
  title.resize(std::max(width, title.size() + 1), ' ');
  out << title << process_line(what.running);
  if (kept && what.restarts > 0)
    out << ", restarted " << what.restarts << " times, last after "
        << what.last_end;
  out << "\n";
}

void print_text(const findings& it, std::ostream& out) {
  const auto& seen = it.seen;
  const auto& name = it.options.cluster.name;
  if (!seen.exists) {
    out << "There is no cluster \"" << name << "\" in " << it.files.root()
        << ".\nStart one: troupe up" << choice_flags(it.options.cluster)
        << std::endl;
    return;
  }
  out << "Cluster:     " << name << " in " << it.files.root() << "\n";
  if (seen.record)
    out << "Endpoint:    " << endpoint(*seen.record) << "\n"
        << "Kubeconfig:  " << it.files.kubeconfig() << "\n";
  if (seen.record)
    for (const auto& each : seen.record->published)
      out << "Published:   127.0.0.1:" << each.port << " to node port "
          << each.node_port << "\n";
  out << "Ready:       " << (it.ready ? "yes" : "no, " + it.reason) << "\n"
      << "Supervisor:  " << process_line(supervisor_of(seen)) << "\n";
  for (const auto& each : processes_of(seen))
    print_process(each, seen.supervisor_alive, out);
  out << "Logs:        " << it.files.logs() << std::endl;
}

void find_readiness(findings& it) {
  constexpr auto patience = std::chrono::seconds{2};
  if (!it.seen.supervisor_alive || !it.seen.record) {
    it.reason = it.seen.exists ? "it is stopped" : "there is no such cluster";
    return;
  }
  auto answer = ask_ready(it.files, *it.seen.record, patience);
  it.ready = answer.has_value();
  if (!it.ready)
    it.reason = answer.error().message;
}

} // namespace

int run_status(const status_options& options, const console& to) {
  auto files =
      cluster::find_layout(options.cluster.directory, options.cluster.name);
  if (!files)
    return to.fail(files.error());
  auto seen = observe(*files);
  if (!seen)
    return to.fail(seen.error());
  findings it{options, *files, *seen, false, ""};
  find_readiness(it);
  if (options.output == output_format::json)
    print_json(it, to.out);
  else
    print_text(it, to.out);
  return it.ready ? exit_success : exit_failure;
}

} // namespace troupe::cli
