#include "tests/unit/actors/controllers/rollout_world.hpp"

#include "actors/controllers/controllers.hpp"
#include "messages/codec/yaml.hpp"
#include "messages/schema/ids/apps_v1.hpp"
#include "messages/schema/registry.hpp"
#include "messages/view/apps_v1.hpp"

#include <stdexcept>

namespace troupe::test {

namespace {

namespace ids = schema::ids;
namespace apps = view::apps_v1;

controllers::controller_spec deployment_controller() {
  for (auto& spec : controllers::all_controllers())
    if (spec.name == "deployment")
      return spec;
  throw std::runtime_error{"no deployment controller"};
}

api::request request_for(api::verb verb, const control::object_key& key,
                         codec::document body,
                         const std::string& subresource = "") {
  const auto parts = control::parse_key(key);
  const auto* resource = control::resource_of(key);
  api::request out;
  out.user.name = "user";
  out.verb = verb;
  out.target = {std::string{parts->group},  std::string{resource->kind.version},
                std::string{parts->plural}, subresource,
                std::string{parts->ns},     std::string{parts->name}};
  out.body = std::make_shared<const codec::document>(std::move(body));
  return out;
}

std::string said(const api::response& answer) {
  return answer.status.success ? "ok" : answer.status.message;
}

} // namespace

std::string image_of(const codec::document& object) {
  const auto* spec = object.root().find(ids::deployment::spec);
  static_assert(ids::deployment::spec == ids::replica_set::spec);
  static_assert(ids::deployment_spec::template_
                == ids::replica_set_spec::template_);
  const view::core_v1::pod_template_spec pods{
      spec->find(ids::deployment_spec::template_)};
  return std::string{pods.spec().containers()[0].image()};
}

rollout_world::rollout_world() : runner(world, deployment_controller()) {
  world.place("{apiVersion: v1, kind: Namespace, metadata: {name: shop, uid: "
              "ns}, status: {phase: Active}}");
}

std::string rollout_world::apply(const std::string& yaml) {
  const auto* resource = control::resource_of(web);
  auto read = codec::decode_yaml(yaml, resource->type);
  if (!read || !read->problems.empty())
    throw std::runtime_error{"cannot read " + yaml};
  if (world.view().find(web) == nullptr)
    return said(
        world.call(request_for(api::verb::create, web, std::move(read->doc))));
  return change(web, [&](codec::document& object) {
    object.set(object.root(), ids::deployment::spec,
               object.clone(*read->doc.root().find(ids::deployment::spec)));
  });
}

std::string rollout_world::change(const control::object_key& key,
                                  const edit& how,
                                  const std::string& subresource) {
  const auto object = world.view().get(key);
  if (object == nullptr)
    return "not found";
  auto changed = object->clone();
  how(changed);
  return said(world.call(
      request_for(api::verb::update, key, std::move(changed), subresource)));
}

void rollout_world::report(const std::string& name, std::int64_t ready,
                           std::int64_t ending,
                           std::optional<std::int64_t> available) {
  const auto how = [&](codec::document& object) {
    namespace id = ids::replica_set_status;
    const apps::replica_set read{object};
    const auto size = read.spec().replicas();
    auto& to = object.object_at(object.root(), ids::replica_set::status);
    object.set(to, id::replicas, object.make_integer(size));
    object.set(to, id::ready_replicas, object.make_integer(ready));
    object.set(to, id::available_replicas,
               object.make_integer(available.value_or(ready)));
    object.set(to, id::terminating_replicas, object.make_integer(ending));
    object.set(to, id::observed_generation,
               object.make_integer(read.metadata().generation()));
  };
  if (const auto answer = change(prefix + name, how, "status"); answer != "ok")
    throw std::runtime_error{answer};
}

std::vector<std::string> rollout_world::sets() const {
  return world.names(prefix);
}

std::int64_t rollout_world::size_of(const std::string& name) const {
  return apps::replica_set{*world.view().get(prefix + name)}.spec().replicas();
}

std::string rollout_world::newest() const {
  const auto wanted = image_of(*world.view().get(web));
  for (const auto& name : sets())
    if (image_of(*world.view().get(prefix + name)) == wanted)
      return name;
  return "";
}

} // namespace troupe::test
