#include "node/agent/node_actor.hpp"

#include "messages/base/overload.hpp"
#include "node/agent/kept_pods.hpp"
#include "runtime/base/clock.hpp"

namespace troupe::agent {

namespace {

constexpr duration beat = std::chrono::seconds{1};
/// Between two looks of a node that is not in place yet.
constexpr duration eager_beat = std::chrono::milliseconds{50};
constexpr duration call_patience = std::chrono::seconds{6};
constexpr duration image_list_period = std::chrono::seconds{10};
constexpr duration watch_pause = std::chrono::milliseconds{500};

moment this_moment() {
  return {mono_now(), wall_now()};
}

} // namespace

node_actor::node_actor(caf::actor_config& config,
                       std::shared_ptr<node_door> entrance,
                       const node_surroundings& around)
    : actors::input_actor<node_input>(config, std::move(entrance)),
      around_(around), core_(around.services->config, read_machine()),
      collection_(std::make_shared<image_collection>(
          around.services->config.image_collection, *around.services->images,
          [path = around.services->config.image_directory] {
            return disk_space_of(path);
          })) {
  // nop
}

void node_actor::begin() {
  pods_ = std::make_unique<pods_handle>(
      *this, around_.pods,
      pod_surroundings{
          around_.services, around_.registry, around_.events,
          [tell = to_self()](const std::string& uid) { tell(pod_over{uid}); }});
  tick();
}

void node_actor::on_exit() {
  watches_.clear();
  pods_.reset();
}

void node_actor::handle(node_input& input) {
  std::visit(overload{
                 [this](node_tick&) { tick(); },
                 [this](node_answer& it) {
                   carry_out(
                       core_.answered(it.kind, it.response, this_moment()));
                 },
                 [this](watch_news& it) { hear(it); },
                 [this](watch_over& it) {
                   if (it.number != watch_numbers_[it.what])
                     return;
                   tables_[it.what].ended(it.why);
                   watches_.erase(it.what);
                   later(watch_pause, watch_again{it.what});
                 },
                 [this](watch_again& it) { watch(it.what); },
                 [this](network_answer& it) {
                   core_.network_opened(std::move(it.problem), this_moment());
                   start_pods();
                   pods_->check_networks();
                   carry_out(core_.tick(this_moment(), images_));
                 },
                 [this](pod_over& it) { pods_->forget(it.uid); },
                 [this](images_listed& it) { images_ = std::move(it.images); },
                 [this](images_collected& it) { collected(it); },
             },
             input);
}

void node_actor::tick() {
  const auto now = this_moment();
  list_images_if_due(now.mono);
  collect_images_if_due(now.mono);
  carry_out(core_.pods(look_at_pods(), now));
  carry_out(core_.tick(now, images_));
  later(core_.settled() ? beat : eager_beat, node_tick{});
}

void node_actor::list_images_if_due(mono_time now) {
  if (now < next_image_list_)
    return;
  next_image_list_ = now + image_list_period;
  around_.services->pool->post(
      [images = around_.services->images, tell = to_self()] {
        tell(images_listed{list_images(*images)});
      });
}

void node_actor::collect_images_if_due(mono_time now) {
  if (collecting_ || now < next_collection_)
    return;
  next_collection_ = now + around_.services->config.image_collection.period;
  collecting_ = around_.services->pool->post(
      [collection = collection_, tell = to_self()] {
        tell(images_collected{collection->run(mono_now())});
      });
}

void node_actor::collected(const images_collected& done) {
  collecting_ = false;
  next_image_list_ = {};
  const auto about = subject_of_node(around_.services->config.name);
  for (const auto& event : done.events)
    around_.events->record(about, note_of(event));
}

void node_actor::carry_out(node_effects effects) {
  for (auto& each : effects.requests)
    around_.services->api->call(
        std::move(each.request), mono_now() + call_patience,
        [tell = to_self(), kind = each.kind](api::response response) {
          tell(node_answer{kind, std::move(response)});
        });
  const auto about = subject_of_node(around_.services->config.name);
  for (const auto& event : effects.events)
    around_.events->record(about, event);
  if (effects.list_pods)
    list_pods();
  if (effects.watch_node && !watches_.contains(watched::node))
    watch(watched::node);
  if (!effects.open_network.empty())
    open_network(std::move(effects.open_network));
}

void node_actor::watch(watched what) {
  const auto& name = around_.services->config.name;
  api_call::watch_open open;
  const bool node = what == watched::node;
  open.target = {"", "v1", node ? "nodes" : "pods", "", "", ""};
  open.field_selector = (node ? "metadata.name=" : "spec.nodeName=") + name;
  open.after = tables_[what].resume_after();
  auto tell = to_self();
  const auto number = ++watch_numbers_[what];
  watches_[what] = std::make_unique<api_watch>(
      *around_.services->api, open,
      [tell, what, number](api_call::watch_batch batch) {
        tell(watch_news{what, number, std::move(batch)});
      },
      [tell, what, number](std::string why) {
        tell(watch_over{what, number, std::move(why)});
      });
}

void node_actor::list_pods() {
  tables_[watched::pods].begin_anew();
  if (watches_.erase(watched::pods) == 1)
    watch(watched::pods);
}

pods_news node_actor::look_at_pods() const {
  const auto table = tables_.find(watched::pods);
  if (table == tables_.end() || !table->second.complete())
    return {};
  return {table->second.resume_after(), pods_->leaving()};
}

void node_actor::hear(watch_news& news) {
  if (news.number != watch_numbers_[news.what])
    return;
  auto& table = tables_[news.what];
  for (const auto& change : table.apply(news.batch))
    if (news.what == watched::node)
      carry_out(core_.seen(change.object, change.gone, this_moment()));
    else
      pods_->change(change);
  if (news.what != watched::pods || !table.complete())
    return;
  if (!std::exchange(leftovers_ended_, true))
    pods_->end_leftovers();
  if (core_.settled())
    return;
  const auto now = this_moment();
  carry_out(core_.pods(look_at_pods(), now));
  carry_out(core_.tick(now, images_));
}

void node_actor::open_network(std::vector<std::string> cidrs) {
  around_.services->pool->post([services = around_.services, tell = to_self(),
                                cidrs = std::move(cidrs)] {
    tell(network_answer{open_pod_network(*services, cidrs)});
  });
}

void node_actor::start_pods() {
  if (core_.networked() && !watches_.contains(watched::pods))
    watch(watched::pods);
}

} // namespace troupe::agent
