#include "node/agent/return_gate.hpp"

#include "messages/view/core_v1.hpp"
#include "node/agent/pod_core.hpp"

namespace troupe::agent {

namespace {

/// When the cluster gave the node up; empty: it did not.
std::string_view given_up_since(const codec::document& node) {
  for (auto each : view::core_v1::node{node}.status().conditions())
    if (each.type() == "Ready" && each.status() == "Unknown")
      return each.last_transition_time();
  return {};
}

} // namespace

bool return_gate::see(const codec::document& node) {
  const auto since = given_up_since(node);
  if (since.empty() || since == given_up_)
    return false;
  given_up_ = since;
  seen_at_ = revision_of(node);
  return std::exchange(state_, state::unlisted) != state::unlisted;
}

bool return_gate::listed(std::uint64_t revision, mono_time now) {
  if (revision < seen_at_)
    return false;
  if (state_ == state::unlisted) {
    state_ = state::ending;
    listed_at_ = now;
  }
  return true;
}

void return_gate::leaving(std::size_t count, mono_time now) {
  if (state_ == state::ending && (count == 0 || now - listed_at_ >= patience))
    state_ = state::settled;
}

} // namespace troupe::agent
