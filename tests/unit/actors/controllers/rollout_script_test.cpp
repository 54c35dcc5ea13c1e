#include "messages/codec/json.hpp"
#include "messages/meta/time.hpp"
#include "messages/schema/ids/apps_v1.hpp"
#include "messages/view/apps_v1.hpp"
#include "runtime/control/object_meta.hpp"
#include "tests/support/datadriven.hpp"
#include "tests/unit/actors/controllers/rollout_world.hpp"

#include <catch2/catch.hpp>

#include <sstream>

using namespace troupe;
using troupe::test::script_command;

namespace {

namespace apps = view::apps_v1;
namespace ids = schema::ids;

/// A Deployment and what becomes of it. ReplicaSets are called by the images of
/// their pods. Commands:
///
///     apply                  the Deployment as a user wants it, as YAML
///     set <field> <json>     a field of its spec changes; "null" takes it out
///     annotate <name> <value>
///     undo <image>           the template of that ReplicaSet again
///     ready <image> <pods>   so many of its pods are ready [ending=,
///     available=] stray <image> [app=, name=] a ReplicaSet nobody controls,
///     with one pod relabel <image> <app>  a ReplicaSet's label "app" becomes
///     another pod <image> <phase>    a pod of that ReplicaSet [gone] delete
///     <image>         somebody deletes a ReplicaSet refuse                 the
///     API makes no more ReplicaSets [off] settle                 the
///     controller works until it rests; prints its
///                            writes and events
///     pass <seconds>         time goes by
///     sets                   revision, size and pods of each ReplicaSet
///     status                 counts and conditions
///     show <image>           the ReplicaSet as JSON
class script {
public:
  std::string run(const script_command& c) {
    if (c.name == "apply")
      return on_.apply(c.input);
    if (c.name == "set")
      return set(c.word(0), c.word(1));
    if (c.name == "annotate")
      return annotate(c.word(0), c.word(1));
    if (c.name == "undo")
      return undo(c.word(0));
    if (c.name == "ready")
      return ready(c);
    if (c.name == "stray")
      return stray(c);
    if (c.name == "relabel")
      return relabel(c.word(0), c.word(1));
    if (c.name == "pod")
      return pod(c);
    if (c.name == "delete")
      return on_.world.remove(on_.prefix + named(c.word(0)), "Background")
                     .status.success
                 ? "gone"
                 : "still there";
    if (c.name == "refuse")
      return refuse(c);
    if (c.name == "settle")
      return settle();
    if (c.name == "pass")
      return pass(std::chrono::seconds{std::stoi(c.word(0))});
    if (c.name == "sets")
      return sets();
    if (c.name == "status")
      return status();
    if (c.name == "show")
      return show(on_.prefix + named(c.word(0)));
    throw std::runtime_error{"unknown command " + c.name};
  }

private:
  /// The name of the ReplicaSet with this image.
  std::string named(const std::string& image) const {
    for (const auto& name : on_.sets())
      if (test::image_of(*on_.world.view().get(on_.prefix + name)) == image)
        return name;
    throw std::runtime_error{"no replica set with " + image};
  }

  std::string set(const std::string& field, const std::string& json) {
    return on_.change(on_.web, [&](codec::document& object) {
      const auto* type = object.type()->find("spec")->object;
      auto& spec = object.object_at(object.root(), ids::deployment::spec);
      const auto read =
          codec::decode_json("{\"" + field + "\":" + json + "}", type);
      if (!read)
        throw std::runtime_error{read.error().message};
      object.erase(spec, type->find(field)->id);
      for (const auto& [id, value] : read->doc.root().members())
        object.set(spec, id, object.clone(*value));
    });
  }

  std::string annotate(const std::string& name, const std::string& value) {
    return on_.change(on_.web, [&](codec::document& object) {
      auto& metadata =
          object.object_at(object.root(), ids::deployment::metadata);
      object.set(object.map_at(metadata, 12), name, object.make_string(value));
    });
  }

  std::string undo(const std::string& image) {
    const auto old = on_.world.view().get(on_.prefix + named(image));
    return on_.change(on_.web, [&](codec::document& object) {
      auto& spec = object.object_at(object.root(), ids::deployment::spec);
      auto* pods =
          object.clone(*apps::replica_set{*old}.spec().template_().raw());
      object.erase(*pods->find(1)->find(11), "pod-template-hash");
      object.set(spec, ids::deployment_spec::template_, pods);
    });
  }

  std::string ready(const script_command& c) {
    const auto pods = c.word(1);
    on_.report(named(c.word(0)), std::stoi(pods),
               std::stoi(c.option("ending", "0")),
               std::stoi(c.option("available", pods)));
    return sets();
  }

  std::string stray(const script_command& c) {
    const auto app = c.option("app", "web");
    const auto name = c.option("name", "stray" + std::to_string(++strays_));
    return on_.world.place(
        "{apiVersion: apps/v1, kind: ReplicaSet, metadata: {namespace: shop, "
        "name: "
        + name + ", uid: " + name + ", labels: {app: " + app
        + "}, creationTimestamp: '2025-01-01T00:00:00Z'}, spec: {replicas: 1, "
          "selector: {matchLabels: {app: "
        + app + ", own: x}}, template: {metadata: {labels: {app: " + app
        + ", own: x}}, spec: {containers: [{name: c, image: " + c.word(0)
        + "}]}}}}");
  }

  std::string relabel(const std::string& image, const std::string& app) {
    return on_.change(on_.prefix + named(image), [&](codec::document& object) {
      auto& metadata =
          object.object_at(object.root(), ids::replica_set::metadata);
      object.set(object.map_at(metadata, 11), "app", object.make_string(app));
    });
  }

  std::string pod(const script_command& c) {
    const auto key = "core/pods/shop/" + c.word(0);
    if (c.word(1) == "gone")
      return on_.world.erase(key), "gone";
    const auto set = on_.world.view().get(on_.prefix + named(c.word(0)));
    return on_.world.place("{apiVersion: v1, kind: Pod, metadata: {namespace: "
                           "shop, name: "
                           + c.word(0) + ", uid: " + c.word(0)
                           + ", ownerReferences: [{apiVersion: apps/v1, kind: "
                             "ReplicaSet, controller: true, name: x, uid: "
                           + std::string{control::uid_of(*set)}
                           + "}]}, status: {phase: " + c.word(1) + "}}");
  }

  /// By a quota that is used up.
  std::string refuse(const script_command& c) {
    refusing_ = c.words.empty();
    on_.runner.refuse = [this](const api::request& request) {
      api::response no;
      no.status.code = 403;
      no.status.message = "exceeded quota";
      return refusing_ && request.verb == api::verb::create ? std::optional{no}
                                                            : std::nullopt;
    };
    return refusing_ ? "from now on" : "no more";
  }

  std::string settle() {
    auto& runner = on_.runner;
    runner.writes.clear();
    runner.events.clear();
    while (runner.step_until(on_.world.mono)) {
    }
    std::string out;
    for (const auto& write : runner.writes)
      out += write + "\n";
    for (const auto& event : runner.events)
      out += event + "\n";
    return out.empty() ? "nothing" : out;
  }

  std::string pass(duration span) {
    on_.world.advance(span);
    return meta::format_time(on_.world.wall);
  }

  std::string sets() {
    std::string out;
    for (const auto& name : on_.sets()) {
      const auto object = on_.world.view().get(on_.prefix + name);
      const apps::replica_set read{*object};
      out += test::image_of(*object);
      for (const auto* note :
           {"revision", "revision-history", "desired-replicas", "max-replicas"})
        if (const auto text =
                read.metadata()
                    .annotations()[std::string{"deployment.kubernetes.io/"}
                                   + note];
            !text.empty())
          out.append(" ").append(note).append("=").append(text);
      out += " " + std::to_string(read.spec().replicas()) + "/"
             + std::to_string(read.status().replicas()) + "/"
             + std::to_string(read.status().available_replicas());
      out += control::controller_of(*object) ? "\n" : " free\n";
    }
    return out.empty() ? "none" : out;
  }

  std::string status() {
    const auto object = on_.world.view().get(on_.web);
    const apps::deployment read{*object};
    const auto of = read.status();
    std::string out = "revision ";
    out.append(
           read.metadata().annotations()["deployment.kubernetes.io/revision"])
        .append(of.observed_generation() == read.metadata().generation()
                    ? " seen"
                    : " unseen");
    const auto count = [&](const char* name, std::int64_t value) {
      out += std::string{", "} + name + " " + std::to_string(value);
    };
    count("replicas", of.replicas());
    count("updated", of.updated_replicas());
    count("ready", of.ready_replicas());
    count("available", of.available_replicas());
    count("unavailable", of.unavailable_replicas());
    if (of.has_terminating_replicas())
      count("terminating", of.terminating_replicas());
    if (of.has_collision_count())
      count("collisions", of.collision_count());
    out += "\n";
    for (auto one : of.conditions())
      out.append(one.type())
          .append("=")
          .append(one.status())
          .append(" ")
          .append(one.reason())
          .append(": ")
          .append(one.message())
          .append(" (")
          .append(one.last_update_time().substr(11))
          .append(", ")
          .append(one.last_transition_time().substr(11))
          .append(")\n");
    return out;
  }

  std::string show(const control::object_key& key) {
    const auto object = on_.world.view().get(key);
    auto copy = object->clone();
    copy.erase(copy.object_at(copy.root(), 1), 17); // managedFields
    return codec::encode_json(copy.root(), control::resource_of(key)->type);
  }

  test::rollout_world on_;
  int strays_ = 0;
  bool refusing_ = false;
};

} // namespace

TEST_CASE("deployments roll out") {
  for (auto& file : test::scripts_in(TROUPE_TEST_DATA "/reconcile/rollout")) {
    CAPTURE(file);
    script run;
    for (auto& difference : test::run_script(
             file, [&](const script_command& c) { return run.run(c); }))
      FAIL_CHECK(difference);
  }
}
