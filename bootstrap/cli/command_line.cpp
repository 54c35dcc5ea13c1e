#include "bootstrap/cli/command_line.hpp"

#include "bootstrap/cli/examples.hpp"
#include "bootstrap/cli/exit_code.hpp"
#include "bootstrap/config/duration_text.hpp"
#include "messages/base/utf8.hpp"

#include <CLI/CLI.hpp>

#include <charconv>

namespace troupe::cli {

namespace {

/// CLI11's own complaint about a number names no bounds.
auto number_to(unsigned most, const char* what) {
  return [=](const std::string& text) -> std::string {
    unsigned number = 0;
    const auto* end = text.data() + text.size();
    const auto [rest, code] = std::from_chars(text.data(), end, number);
    if (code == std::errc{} && rest == end && number <= most)
      return {};
    return "expected " + std::string{what} + ", 0 to " + std::to_string(most)
           + ", not '" + text + "'";
  };
}

std::string check_servers(const std::string& text) {
  for (const auto count : up_options::server_counts)
    if (text == std::to_string(count))
      return {};
  return "expected a number of servers, 1, 3 or 5, not '" + text + "'";
}

/// Everything the parser writes to.
struct parsed {
  up_options up;
  down_options down;
  status_options status;
  actors_options actors;
  kill_options kill;
  image_options image;
  server_options server;
  agent_options agent;
  publisher_options publisher;
  supervisor_options supervisor;
  version_options version;
  std::uint16_t up_port = 0;
  unsigned up_servers = 0;
  unsigned up_nodes = 0;
  unsigned up_image_gc_high = 0;
  unsigned up_image_gc_low = 0;
};

void add_duration(CLI::App& verb, const std::string& name, duration& to,
                  const std::string& what) {
  verb.add_option_function<std::string>(
          name,
          [&to, name](const std::string& text) {
            auto value = parse_duration(text);
            if (!value)
              throw CLI::ValidationError(name, value.error().message);
            to = *value;
          },
          what + " [" + describe_duration(to) + "]")
      ->type_name("DURATION");
}

void add_output(CLI::App& verb, output_format& to) {
  const std::map<std::string, output_format> formats{
      {"text", output_format::text}, {"json", output_format::json}};
  verb.add_option_function<std::string>(
          "-o,--output",
          [&to, formats](const std::string& name) { to = formats.at(name); },
          "What to print: text or json [text]")
      ->check(CLI::IsMember({"text", "json"}))
      ->type_name("FORMAT");
}

void add_cluster(CLI::App& verb, cluster_choice& to) {
  verb.add_option("--name", to.name, "Which cluster [default]")
      ->type_name("NAME");
  verb.add_option("--dir", to.directory,
                  "Where clusters are kept, a directory for each "
                  "[/var/lib/troupe for root, else ~/.local/state/troupe]")
      ->envname("TROUPE_DIR")
      ->type_name("DIR");
}

void add_optional_duration(CLI::App& verb, const std::string& name,
                           std::optional<duration>& to,
                           const std::string& what) {
  verb.add_option_function<std::string>(
          name,
          [&to, name](const std::string& text) {
            auto value = parse_duration(text);
            if (!value)
              throw CLI::ValidationError(name, value.error().message);
            to = *value;
          },
          what)
      ->type_name("DURATION");
}

void add_node_times(CLI::App& verb, node_time_options& to) {
  add_optional_duration(verb, "--node-monitor-grace-period", to.monitor_grace,
                        "How long a node may be silent before it counts as "
                        "unreachable [as last time, at first 50s]");
  add_optional_duration(verb, "--node-lease-duration", to.lease,
                        "How long a node's lease lasts; it is renewed four "
                        "times within [as last time, at first 40s]");
  const auto add_seconds = [&](const char* name, std::optional<unsigned>& where,
                               const char* what) {
    verb.add_option_function<unsigned>(
            name, [&where](unsigned value) { where = value; },
            std::string{"How long pods that do not say otherwise stay on a "
                        "node that is "}
                + what + " [as last time, at first 300]")
        ->type_name("SECONDS")
        ->check(number_to(node_time_options::toleration_max,
                          "a number of seconds"));
  };
  add_seconds("--default-not-ready-toleration-seconds", to.not_ready_toleration,
              "not ready");
  add_seconds("--default-unreachable-toleration-seconds",
              to.unreachable_toleration, "unreachable");
}

void add_uplink(CLI::App& verb, std::optional<bool>& to) {
  verb.add_option_function<std::string>(
          "--uplink", [&to](const std::string& how) { to = how == "auto"; },
          "Whether nodes and pods reach what this machine reaches, by its "
          "address: auto or none; auto changes rules and forwarding of this "
          "machine until 'down' [as last time, at first auto where there is a "
          "default route]")
      ->check(CLI::IsMember({"auto", "none"}))
      ->envname("TROUPE_UPLINK")
      ->type_name("HOW");
}

void add_up(CLI::App& app, parsed& to) {
  auto& verb = *app.add_subcommand("up", "Start a cluster on this machine");
  verb.footer(examples_up);
  add_cluster(verb, to.up.cluster);
  verb.add_option("--servers", to.up_servers,
                  "Servers of the control plane: 1, 3 or 5, of which more than "
                  "half must run; several need root, and a cluster keeps its "
                  "number [as last time, at first 1]")
      ->type_name("N")
      ->check(CLI::Validator{check_servers, ""});
  verb.add_option("--nodes", to.up_nodes,
                  "Nodes on this machine, 0 to 250; they need root [as last "
                  "time, at first 1 for root, else 0]")
      ->type_name("N")
      ->check(number_to(up_options::nodes_max, "a number of nodes"));
  verb.add_option("--registry-mirror", to.up.registry_mirrors,
                  "Fetch a registry's images from another place, as "
                  "HOST=URL; may be repeated [as last time]")
      ->type_name("HOST=URL");
  verb.add_option("--registry-ca", to.up.registry_authorities,
                  "Trust the certificates in a PEM file for a registry (with "
                  "its port) or its mirror, as HOST=FILE; may be repeated [as "
                  "last time]")
      ->type_name("HOST=FILE");
  verb.add_option("--image-gc-high-threshold", to.up_image_gc_high,
                  "Percent of the images' disk in use from which on unused "
                  "images go; 100: never [as last time, at first 85]")
      ->type_name("PERCENT")
      ->check(number_to(100, "a percentage"));
  verb.add_option("--image-gc-low-threshold", to.up_image_gc_low,
                  "Down to which they go [as last time, at first 80]")
      ->type_name("PERCENT")
      ->check(number_to(100, "a percentage"));
  verb.add_option("--publish", to.up.publish,
                  "Lead a port of 127.0.0.1 to a node port, as PORT:NODEPORT; "
                  "PORT 0 picks a free one; may be repeated; none: no port "
                  "[as last time, at first none]")
      ->type_name("PORT:NODEPORT");
  add_uplink(verb, to.up.uplink);
  add_node_times(verb, to.up.node_times);
  verb.add_option("--port", to.up_port,
                  "The API's port on 127.0.0.1; 0 picks a free one and "
                  "remembers it [as last time, at first 6443]")
      ->type_name("PORT")
      ->check(number_to(65535, "a port"));
  verb.add_option("--kubeconfig", to.up.kubeconfig,
                  "Also add the cluster to this kubeconfig")
      ->type_name("FILE");
  verb.add_flag("--merge-kubeconfig", to.up.merge_kubeconfig,
                "Also add the cluster to ~/.kube/config");
  verb.add_flag("--foreground", to.up.foreground,
                "Stay, and stop the cluster when interrupted");
  add_duration(verb, "--timeout", to.up.timeout,
               "How long to wait until the API answers");
  add_output(verb, to.up.output);
}

void add_down(CLI::App& app, parsed& to) {
  auto& verb = *app.add_subcommand("down", "Stop a cluster and remove it");
  verb.footer(examples_down);
  add_cluster(verb, to.down.cluster);
  verb.add_flag("--keep-state", to.down.keep_state,
                "Stop it only: 'troupe up' goes on with its objects");
  verb.add_flag("--all", to.down.all, "Every cluster in the directory")
      ->excludes("--name");
  add_duration(verb, "--timeout", to.down.timeout,
               "How long its processes may take to end by themselves");
}

void add_status(CLI::App& app, parsed& to) {
  auto& verb = *app.add_subcommand("status", "Show what runs and where");
  verb.footer(examples_status);
  add_cluster(verb, to.status.cluster);
  add_output(verb, to.status.output);
}

void add_actors(CLI::App& app, parsed& to) {
  auto& verb = *app.add_subcommand("actors", "Show the actors that run");
  verb.footer(examples_actors);
  add_cluster(verb, to.actors.cluster);
  add_output(verb, to.actors.output);
}

void add_kill(CLI::App& app, parsed& to) {
  auto& verb = *app.add_subcommand("kill", "Kill an actor or a process");
  verb.footer(examples_kill);
  verb.add_option("address", to.kill.address, "Which actor")
      ->type_name("ADDRESS");
  verb.add_option("--process", to.kill.process, "A process instead, by name")
      ->type_name("NAME");
  add_cluster(verb, to.kill.cluster);
}

void add_image(CLI::App& app, parsed& to) {
  auto& verb =
      *app.add_subcommand("image", "The images that a cluster's nodes have");
  verb.footer(examples_image);
  verb.require_subcommand(1);
  auto& import = *verb.add_subcommand("import", "Add images from an archive");
  import.add_option("archive", to.image.archive, "A tar, plain or compressed")
      ->required()
      ->type_name("FILE");
  import
      .add_option("--tag", to.image.tag,
                  "The image's name, where the archive gives none")
      ->type_name("NAME");
  auto& list = *verb.add_subcommand("list", "Show them");
  for (auto* each : {&import, &list}) {
    add_cluster(*each, to.image.cluster);
    add_output(*each, to.image.output);
  }
}

void add_log_file(CLI::App& verb, std::string& to) {
  verb.add_option("--log-file", to,
                  "Where the log goes [standard error]; SIGHUP opens it anew")
      ->type_name("FILE");
}

void add_server(CLI::App& app, parsed& to) {
  auto& verb = *app.add_subcommand("server", "Be a member of a control plane");
  verb.footer(examples_server);
  verb.add_option("--cluster-dir", to.server.cluster_directory,
                  "The cluster's own directory")
      ->required()
      ->type_name("DIR");
  verb.add_option("--member", to.server.member, "The member's name [s1]")
      ->type_name("NAME");
  verb.add_option("--listen-fd", to.server.listen_fd,
                  "Descriptor of a socket that listens already")
      ->required()
      ->type_name("FD");
  verb.add_option("--lifeline-fd", to.server.lifeline_fd,
                  "Descriptor of a pipe: end when its other end closes")
      ->type_name("FD");
  add_log_file(verb, to.server.log_file);
}

void add_agent(CLI::App& app, parsed& to) {
  auto& verb = *app.add_subcommand("agent", "Run the containers of a node");
  verb.footer(examples_agent);
  verb.add_option("--cluster-dir", to.agent.cluster_directory,
                  "The cluster's own directory")
      ->required()
      ->type_name("DIR");
  verb.add_option("--node", to.agent.node, "The node's name")
      ->required()
      ->type_name("NAME");
  verb.add_option("--lifeline-fd", to.agent.lifeline_fd,
                  "Descriptor of a pipe: end when its other end closes")
      ->type_name("FD");
  add_log_file(verb, to.agent.log_file);
}

void add_supervisor(CLI::App& app, parsed& to) {
  auto& verb = *app.add_subcommand(
      "supervisor", "Keep a cluster's processes running (for 'up')");
  verb.footer(examples_supervisor);
  verb.add_option("--cluster-dir", to.supervisor.cluster_directory,
                  "The cluster's own directory")
      ->required()
      ->type_name("DIR");
  verb.add_option("--listen-fd", to.supervisor.listen_fd,
                  "Descriptor of the API's socket, which listens already")
      ->required()
      ->type_name("FD");
  verb.add_option("--lock-fd", to.supervisor.lock_fd,
                  "Descriptor of the cluster's lock, held")
      ->required()
      ->type_name("FD");
}

void add_publisher(CLI::App& app, parsed& to) {
  auto& verb = *app.add_subcommand("publisher",
                                   "Lead ports of this machine to the nodes");
  verb.footer(examples_publisher);
  verb.add_option("--cluster-dir", to.publisher.cluster_directory,
                  "The cluster's own directory")
      ->required()
      ->type_name("DIR");
  verb.add_option("--first-fd", to.publisher.first_fd,
                  "Descriptor of the first published port's socket, which "
                  "listens already; the others follow")
      ->required()
      ->type_name("FD");
  verb.add_option("--lifeline-fd", to.publisher.lifeline_fd,
                  "Descriptor of a pipe: end when its other end closes")
      ->type_name("FD");
  add_log_file(verb, to.publisher.log_file);
}

void add_version(CLI::App& app, parsed& to) {
  auto& verb = *app.add_subcommand("version", "Show what this program is");
  verb.footer(examples_version);
  add_output(verb, to.version.output);
}

std::string chosen_verb(const CLI::App& app) {
  const auto chosen = app.get_subcommands();
  return chosen.empty() ? std::string{} : chosen.front()->get_name();
}

usage_answer wrong(const std::string& message, const std::string& verb) {
  return {exit_usage, "",
          "troupe: " + message + "\nRun 'troupe " + verb
              + (verb.empty() ? "" : " ") + "--help' for usage.\n"};
}

template <class Options>
command checked(const Options& options, const std::string& verb) {
  if (auto ok = options.validate(); !ok)
    return wrong(ok.error().message, verb);
  return options;
}

command choose(const CLI::App& app, const parsed& from) {
  const auto verb = chosen_verb(app);
  if (verb == "up") {
    auto options = from.up;
    if (app.get_subcommand("up")->count("--port") > 0)
      options.port = from.up_port;
    if (app.get_subcommand("up")->count("--servers") > 0)
      options.servers = from.up_servers;
    if (app.get_subcommand("up")->count("--nodes") > 0)
      options.nodes = from.up_nodes;
    if (app.get_subcommand("up")->count("--image-gc-high-threshold") > 0)
      options.image_gc_high = from.up_image_gc_high;
    if (app.get_subcommand("up")->count("--image-gc-low-threshold") > 0)
      options.image_gc_low = from.up_image_gc_low;
    return checked(options, verb);
  }
  if (verb == "down")
    return checked(from.down, verb);
  if (verb == "status")
    return checked(from.status, verb);
  if (verb == "actors")
    return checked(from.actors, verb);
  if (verb == "kill")
    return checked(from.kill, verb);
  if (verb == "image")
    return checked(from.image, verb);
  if (verb == "server")
    return checked(from.server, verb);
  if (verb == "agent")
    return checked(from.agent, verb);
  if (verb == "publisher")
    return checked(from.publisher, verb);
  if (verb == "supervisor")
    return checked(from.supervisor, verb);
  return from.version;
}

} // namespace

command parse_command_line(const std::vector<std::string>& arguments) {
  parsed values;
  CLI::App app{"A Kubernetes-compatible control plane made of actors.",
               "troupe"};
  app.footer(examples_top);
  app.require_subcommand(0, 1);
  add_up(app, values);
  add_down(app, values);
  add_status(app, values);
  add_actors(app, values);
  add_kill(app, values);
  add_image(app, values);
  add_server(app, values);
  add_agent(app, values);
  add_publisher(app, values);
  add_supervisor(app, values);
  add_version(app, values);
  for (const auto& argument : arguments)
    if (!is_utf8(argument))
      return wrong("an argument is not UTF-8: " + argument, "");
  try {
    app.parse(std::vector<std::string>{arguments.rbegin(), arguments.rend()});
  } catch (const CLI::CallForHelp&) {
    return usage_answer{exit_success, app.help(), ""};
  } catch (const CLI::ParseError& e) {
    return wrong(e.what(), chosen_verb(app));
  }
  if (app.get_subcommands().empty())
    return usage_answer{exit_usage, "", app.help()};
  return choose(app, values);
}

} // namespace troupe::cli
