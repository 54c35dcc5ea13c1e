#pragma once

#include "node/agent/network_core.hpp"
#include "node/agent/services.hpp"
#include "runtime/caf/input_actor.hpp"

#include <map>
#include <memory>
#include <string>
#include <variant>

namespace troupe::agent {

class network_keeper;

/// What the actor of the node's network hears.
struct network_news {
  network_kind what = network_kind::nodes;
  api_call::watch_batch batch;
};

struct network_watch_over {
  network_kind what = network_kind::nodes;
  std::string why;
};

struct network_watch_again {
  network_kind what = network_kind::nodes;
};

struct network_done {
  std::string problem; ///< empty: it is as wanted
};

/// Time to look whether all is as it should be.
struct network_look_again {};

using network_input =
    std::variant<network_news, network_watch_over, network_watch_again,
                 network_done, network_look_again>;

using network_door = actors::door<network_input>;

/// The shell of the node's network as the cluster has it: watches nodes,
/// services and endpoint slices, and has routes and rules follow. When it ends
/// they stay; the next one takes them over.
class network_actor : public actors::input_actor<network_input> {
public:
  network_actor(caf::actor_config& config,
                std::shared_ptr<network_door> entrance,
                node_services& services);

  void on_exit() override;

protected:
  void begin() override;
  void handle(network_input& input) override;
  void idle() override;

private:
  void watch(network_kind what);
  void hear(const network_news& news);
  void ended(const network_watch_over& over);
  void done(const network_done& outcome);

  node_services& services_;
  network_core core_;
  std::shared_ptr<network_keeper> keeper_;
  std::map<network_kind, std::unique_ptr<api_watch>> watches_;
  std::string problem_; ///< told last
};

} // namespace troupe::agent
