#pragma once

#include "messages/base/result.hpp"
#include "messages/protocol/actor_tree.hpp"

#include <string>
#include <vector>

namespace troupe::inspect {

/// Asks `process`, whose socket is in `directory`. Fails with `unavailable`
/// when it does not run or gives no answer within `patience`.
result<actor_tree::answer> ask(const std::string& directory,
                               const std::string& process,
                               const actor_tree::request& request,
                               duration patience);

/// All its actors, ascending by address; each of the answers may take
/// `patience`.
result<std::vector<actor_tree::row>> list_actors(const std::string& directory,
                                                 const std::string& process,
                                                 duration patience);

} // namespace troupe::inspect
