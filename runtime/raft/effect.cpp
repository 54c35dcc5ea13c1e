#include "runtime/raft/effect.hpp"

namespace troupe::raft {

std::string_view to_string(role r) {
  switch (r) {
    case role::follower:
      return "follower";
    case role::pre_candidate:
      return "pre_candidate";
    case role::candidate:
      return "candidate";
    case role::leader:
      return "leader";
  }
  return "unknown";
}

std::string_view to_string(drop_reason r) {
  switch (r) {
    case drop_reason::not_leader:
      return "not_leader";
    case drop_reason::transferring:
      return "transferring";
    case drop_reason::too_large:
      return "too_large";
    case drop_reason::overloaded:
      return "overloaded";
  }
  return "unknown";
}

} // namespace troupe::raft
