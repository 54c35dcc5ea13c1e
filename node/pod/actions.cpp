#include "node/pod/actions.hpp"

#include "messages/base/overload.hpp"
#include "messages/codec/scalars.hpp"
#include "messages/meta/time.hpp"

namespace troupe::pod {

namespace {

std::string text_of(const mount_volumes&) {
  return "mount volumes";
}

std::string text_of(const create_sandbox& action) {
  return "create sandbox attempt=" + std::to_string(action.attempt);
}

std::string text_of(const ensure_image& action) {
  return "ensure image " + action.reference + " for " + action.container + " "
         + action.policy;
}

std::string text_of(const start_container& action) {
  return "start " + action.container
         + " attempt=" + std::to_string(action.attempt)
         + " image=" + action.image_id + " sandbox=" + action.sandbox_id;
}

std::string text_of(const run_hook& action) {
  std::string out = action.which == hook::post_start ? "run postStart of "
                                                     : "run preStop of ";
  out += action.container + " " + action.id;
  if (action.timeout)
    out += " within " + codec::format_duration(*action.timeout);
  return out;
}

std::string text_of(const signal_container& action) {
  return "signal " + action.container + " " + action.id + " with "
         + (action.signal.empty() ? "its stop signal" : action.signal);
}

std::string text_of(const stop_sandbox& action) {
  return "stop sandbox " + action.id;
}

std::string text_of(const unmount_volumes&) {
  return "unmount volumes";
}

std::string text_of(const remove_pod&) {
  return "remove pod";
}

std::string text_of(const delete_object&) {
  return "delete object";
}

std::string text_of(const hold_back& action) {
  return (action.pull ? "hold back the pull for " : "hold back ")
         + action.container;
}

std::string text_of(const fail_pod& action) {
  return "fail pod " + action.failure;
}

std::string text_of(const end_pod& action) {
  return "end pod within " + codec::format_duration(action.grace);
}

std::string text_of(const stop_container& action) {
  return "stop " + action.container + " within "
         + codec::format_duration(action.grace)
         + (action.comes_back ? " and start it again" : "");
}

} // namespace

std::string to_string(const pod_action& action) {
  return std::visit(
      [](const auto& each) { return text_of(each) + ": " + each.reason; },
      action);
}

std::string to_string(const pod_actions& plan) {
  std::string out;
  for (auto& each : plan.actions)
    out += to_string(each) + '\n';
  if (plan.look_again)
    out += "look again at " + meta::format_time(*plan.look_again) + '\n';
  if (plan.finished)
    out += "finished\n";
  return out;
}

} // namespace troupe::pod
