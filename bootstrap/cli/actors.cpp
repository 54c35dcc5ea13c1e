#include "bootstrap/cli/actors.hpp"

#include "bootstrap/cli/observe.hpp"
#include "bootstrap/config/duration_text.hpp"
#include "bootstrap/inspect/inspection_client.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <csignal>
#include <iomanip>

namespace troupe::cli {

namespace {

using nlohmann::ordered_json;

constexpr duration patience = std::chrono::seconds{5};

/// A process whose actors could not be asked for, and why.
struct silent_process {
  std::string name;
  std::string reason;
};

struct survey {
  std::vector<actor_tree::row> actors; ///< ascending by address
  std::vector<silent_process> silent;
};

bool has_actors(const process::process_record& what) {
  return what.kind == "server" || what.kind == "agent";
}

survey look(const cluster::layout& files, const observation& seen) {
  survey out;
  for (const auto& each : seen.run->processes) {
    if (!has_actors(each))
      continue;
    auto rows = inspect::list_actors(files.run(), each.name, patience);
    if (!rows) {
      out.silent.push_back({each.name, rows.error().message});
      continue;
    }
    for (auto& row : *rows)
      out.actors.push_back(std::move(row));
  }
  std::ranges::sort(out.actors, {}, &actor_tree::row::address);
  return out;
}

void print_json(const survey& found, std::ostream& out) {
  ordered_json json{{"actors", ordered_json::array()},
                    {"silent", ordered_json::array()}};
  for (const auto& it : found.actors)
    json["actors"].push_back(
        {{"address", it.address},
         {"kind", it.kind},
         {"state", it.state},
         {"restarts", it.restarts},
         {"mailbox", it.waiting},
         {"handled", it.handled},
         {"dropped", it.dropped},
         {"uptimeSeconds",
          std::chrono::duration_cast<std::chrono::duration<double>>(it.uptime)
              .count()}});
  for (const auto& it : found.silent)
    json["silent"].push_back({{"process", it.name}, {"reason", it.reason}});
  out << json.dump(2) << std::endl;
}

using text_row = std::vector<std::string>;

text_row cells_of(const actor_tree::row& it) {
  return {it.address,
          it.kind,
          it.state,
          std::to_string(it.restarts),
          std::to_string(it.waiting),
          std::to_string(it.handled),
          it.state == "running" ? describe_duration(it.uptime) : "-"};
}

void print_text(const survey& found, const console& to) {
  std::vector<text_row> rows{
      {"ADDRESS", "KIND", "STATE", "RESTARTS", "MAILBOX", "HANDLED", "UPTIME"}};
  for (const auto& it : found.actors)
    rows.push_back(cells_of(it));
  std::vector<std::size_t> widths(rows.front().size());
  for (const auto& row : rows)
    for (std::size_t i = 0; i < row.size(); ++i)
      widths[i] = std::max(widths[i], row[i].size());
  for (const auto& row : rows) {
    for (std::size_t i = 0; i + 1 < row.size(); ++i)
      to.out << std::left << std::setw(static_cast<int>(widths[i]) + 3)
             << row[i];
    to.out << row.back() << "\n";
  }
  to.out << std::flush;
  for (const auto& it : found.silent)
    to.err << "troupe: " << it.reason << std::endl;
}

/// A cluster that runs.
struct running_cluster {
  cluster::layout files;
  observation seen;
};

/// An error when nothing of it does.
result<running_cluster> find_running(const cluster_choice& choice) {
  auto files = cluster::find_layout(choice.directory, choice.name);
  if (!files)
    return files.error();
  auto seen = observe(*files);
  if (!seen)
    return seen.error();
  if (seen->supervisor_alive && seen->run)
    return running_cluster{std::move(*files), std::move(*seen)};
  return error{errc::unavailable,
               "cluster \"" + choice.name + "\" in " + files->root()
                   + (seen->exists ? " is stopped" : " does not exist")
                   + "; start it: troupe up" + choice_flags(choice)};
}

/// "s1" of "/server/s1/watch": who has the actor. Empty: nobody could.
std::string process_of(const std::string& address) {
  for (const std::string_view root : {"/server/", "/node/"})
    if (address.starts_with(root)) {
      const auto rest = address.substr(root.size());
      return rest.substr(0, rest.find('/'));
    }
  return {};
}

error no_such_actor(const std::string& address, const cluster_choice& choice) {
  return {errc::not_found, "there is no actor \"" + address
                               + "\"; those there are: troupe actors"
                               + choice_flags(choice)};
}

status_result kill_actor(const kill_options& options,
                         const cluster::layout& files,
                         const observation& seen) {
  const auto& address = options.address;
  const auto* owner = seen.run->find(process_of(address));
  if (owner == nullptr || !has_actors(*owner))
    return no_such_actor(address, options.cluster);
  auto answer = inspect::ask(files.run(), owner->name,
                             {actor_tree::verb::kill, address}, patience);
  if (!answer)
    return answer.error();
  switch (answer->outcome) {
    case actor_tree::outcome::done:
      return unit{};
    case actor_tree::outcome::unknown:
      return no_such_actor(address, options.cluster);
    case actor_tree::outcome::down:
      break;
  }
  return error{errc::unavailable,
               address
                   + " does not run at the moment: it is between two lives"};
}

/// The names a person may give, for a message.
std::string names_of(const observation& seen) {
  std::string out = "supervisor";
  for (const auto& each : seen.run->processes)
    out += ", " + each.name;
  return out;
}

status_result kill_process(const std::string& name, const observation& seen) {
  const auto* found = seen.run->find(name);
  if (found == nullptr && name != "supervisor")
    return error{errc::not_found, "the cluster has no process \"" + name
                                      + "\"; it has " + names_of(seen)};
  const auto who =
      found == nullptr ? std::optional{seen.run->supervisor} : found->running;
  if (!who || !process::send_signal(process::open_process(*who), SIGKILL))
    return error{errc::unavailable,
                 "the process \"" + name + "\" does not run at the moment"};
  return unit{};
}

} // namespace

int run_actors(const actors_options& options, const console& to) {
  const auto found = find_running(options.cluster);
  if (!found)
    return to.fail(found.error());
  const auto tree = look(found->files, found->seen);
  if (options.output == output_format::json)
    print_json(tree, to.out);
  else
    print_text(tree, to);
  return tree.silent.empty() ? exit_success : exit_failure;
}

int run_kill(const kill_options& options, const console& to) {
  const auto found = find_running(options.cluster);
  if (!found)
    return to.fail(found.error());
  const auto done = options.process.empty()
                        ? kill_actor(options, found->files, found->seen)
                        : kill_process(options.process, found->seen);
  if (!done)
    return to.fail(done.error());
  to.out << "killed "
         << (options.process.empty() ? options.address
                                     : "process " + options.process)
         << std::endl;
  return exit_success;
}

} // namespace troupe::cli
