#include "actors/gateway/stream/pod_container.hpp"

namespace troupe::gateway {

namespace {

/// "[a b]", as Go prints a list.
template <class Containers>
std::string names(const Containers& containers) {
  std::string out = "[";
  for (const auto one : containers) {
    if (out.size() > 1)
      out += ' ';
    out += one.name();
  }
  return out + ']';
}

template <class Containers>
bool has(const Containers& containers, std::string_view name) {
  for (const auto one : containers)
    if (one.name() == name)
      return true;
  return false;
}

std::string unnamed(std::string_view pod, view::core_v1::pod_spec spec) {
  std::string out = "a container name must be specified for pod ";
  out += pod;
  if (spec.containers().empty())
    return out;
  out += ", choose one of: " + names(spec.containers());
  if (!spec.init_containers().empty())
    out += " or one of the init containers: " + names(spec.init_containers());
  return out;
}

} // namespace

api::parsed<std::string> choose_container(view::core_v1::pod pod,
                                          std::string_view asked) {
  const auto spec = pod.spec();
  const auto name = pod.metadata().name();
  if (asked.empty()) {
    if (spec.containers().size() != 1)
      return api::bad_request(unnamed(name, spec));
    return std::string{spec.containers()[0].name()};
  }
  if (!has(spec.containers(), asked) && !has(spec.init_containers(), asked)
      && !has(spec.ephemeral_containers(), asked))
    return api::bad_request("container " + std::string{asked}
                            + " is not valid for pod " + std::string{name});
  return std::string{asked};
}

} // namespace troupe::gateway
