#pragma once

#include "node/agent/image_collection.hpp"
#include "node/agent/node_core.hpp"
#include "node/agent/pods_handle.hpp"
#include "node/agent/watched_table.hpp"
#include "runtime/caf/input_actor.hpp"

#include <map>
#include <memory>
#include <string>
#include <variant>

namespace troupe::agent {

/// What the node's actor hears.
struct node_tick {};

struct node_answer {
  node_call kind = node_call::create_node;
  api::response response;
};

enum class watched { node, pods };

struct watch_news {
  watched what = watched::node;
  std::uint64_t number = 0; ///< of the watch: older ones are not listened to
  api_call::watch_batch batch;
};

struct watch_over {
  watched what = watched::node;
  std::uint64_t number = 0;
  std::string why;
};

struct watch_again {
  watched what = watched::node;
};

struct network_answer {
  std::string problem; ///< empty: it is open
};

struct pod_over {
  std::string uid;
};

struct images_listed {
  std::vector<node_image> images;
};

struct images_collected {
  std::vector<pod::pod_event> events;
};

using node_input =
    std::variant<node_tick, node_answer, watch_news, watch_over, watch_again,
                 network_answer, pod_over, images_listed, images_collected>;

using node_door = actors::door<node_input>;

/// What the node's actor works with; it all outlives the actor.
struct node_surroundings {
  node_services* services = nullptr;
  pod_registry* registry = nullptr;
  events::event_recorder* events = nullptr;
  /// Of the supervisor of the pods, whichever incarnation has one.
  std::shared_ptr<actors::door_base> pods;
};

/// The shell of a node: registers it, keeps its heart beating, and has an actor
/// for each of its pods. When it ends, so do they; containers run on, and the
/// next one finds them.
class node_actor : public actors::input_actor<node_input> {
public:
  node_actor(caf::actor_config& config, std::shared_ptr<node_door> entrance,
             const node_surroundings& around);

  void on_exit() override;

protected:
  void begin() override;
  void handle(node_input& input) override;

private:
  void tick();
  void list_images_if_due(mono_time now);
  void collect_images_if_due(mono_time now);
  void collected(const images_collected& done);
  void carry_out(node_effects effects);
  void watch(watched what);
  void list_pods();
  pods_news look_at_pods() const;
  void hear(watch_news& news);
  void open_network(std::vector<std::string> cidrs);
  void start_pods();

  node_surroundings around_;
  node_core core_;
  std::unique_ptr<pods_handle> pods_;
  std::map<watched, watched_table> tables_;
  std::map<watched, std::unique_ptr<api_watch>> watches_;
  std::map<watched, std::uint64_t> watch_numbers_;
  bool leftovers_ended_ = false;
  mono_time next_image_list_{};
  std::vector<node_image> images_;
  std::shared_ptr<image_collection> collection_;
  bool collecting_ = false;
  mono_time next_collection_{};
};

} // namespace troupe::agent
