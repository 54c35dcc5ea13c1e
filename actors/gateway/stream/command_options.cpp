#include "actors/gateway/stream/command_options.hpp"

namespace troupe::gateway {

api::parsed<node_io::command_request>
parse_command_options(const api::query_parameters& query, command_kind kind) {
  const auto wants = [&](std::string_view name) {
    return api::bool_parameter(query, name).value_or(false);
  };
  node_io::command_request out;
  out.in.container = api::find_parameter(query, "container").value_or("");
  out.stdin_ = wants("stdin");
  out.stdout_ = wants("stdout");
  out.tty = wants("tty");
  out.stderr_ = wants("stderr") && !out.tty;
  if (!out.stdin_ && !out.stdout_ && !out.stderr_)
    return api::bad_request(
        "you must specify at least 1 of stdin, stdout, stderr");
  if (kind == command_kind::attach)
    return out;
  // An empty command would mean attach to the node.
  out.command = api::all_parameters(query, "command");
  if (out.command.empty())
    return api::bad_request(
        "you must specify at least one command for the container");
  return out;
}

} // namespace troupe::gateway
