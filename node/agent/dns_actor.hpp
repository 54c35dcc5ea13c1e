#pragma once

#include "node/agent/services.hpp"
#include "runtime/caf/input_actor.hpp"

#include <memory>
#include <string>
#include <variant>

namespace troupe::agent {

/// The server cannot go on.
struct dns_over {
  std::string why;
};

/// Time to try again.
struct dns_again {};

using dns_input = std::variant<dns_over, dns_again>;

using dns_door = actors::door<dns_input>;

/// The shell of the node's DNS server: has it listen on the node's address and
/// serve on a thread of its own. Names are what the actor of the node's network
/// heard last.
class dns_actor : public actors::input_actor<dns_input> {
public:
  dns_actor(caf::actor_config& config, std::shared_ptr<dns_door> entrance,
            node_services& services);
  ~dns_actor() override;

  void on_exit() override;

protected:
  void begin() override;
  void handle(dns_input& input) override;

private:
  class serving;

  node_services& services_;
  std::unique_ptr<serving> serving_;
  std::string problem_; ///< told last
};

} // namespace troupe::agent
