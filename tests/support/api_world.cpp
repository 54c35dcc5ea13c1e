#include "tests/support/api_world.hpp"

#include "actors/gateway/access/roles.hpp"
#include "actors/gateway/object/storage.hpp"
#include "messages/codec/yaml.hpp"
#include "messages/schema/ids/core_v1.hpp"
#include "messages/schema/ids/meta_v1.hpp"
#include "messages/schema/registry.hpp"
#include "runtime/control/informer_cache.hpp"
#include "runtime/control/write_request.hpp"

#include <stdexcept>

namespace troupe::test {

namespace {

using control::object_key;

std::array<std::uint8_t, 16> id_of(std::uint64_t number) {
  std::array<std::uint8_t, 16> out{};
  for (std::size_t i = 0; i < 8; ++i)
    out[i] = static_cast<std::uint8_t>(number >> (8 * i));
  return out;
}

schema::group_version_kind kind_of(const codec::decoded& read) {
  const auto slash = read.api_version.find('/');
  if (slash == std::string::npos)
    return {"", read.api_version, read.kind};
  const std::string_view whole{read.api_version};
  return {whole.substr(0, slash), whole.substr(slash + 1), read.kind};
}

const schema::resource_desc& resource_for(const std::string& yaml) {
  const auto read = codec::decode_yaml(
      yaml, schema::find_type(
                "io.k8s.apimachinery.pkg.apis.meta.v1.PartialObjectMetadata"));
  if (!read)
    throw std::runtime_error{read.error().message};
  const auto* resource = schema::find_kind(kind_of(*read));
  if (resource == nullptr)
    throw std::runtime_error{"no resource of kind " + read->kind};
  return *resource;
}

} // namespace

api_world::api_world() : wall(std::chrono::seconds{1'767'225'600}) {
  gateway::writer_ports ports;
  ports.store = &store;
  ports.wall_now = [this] { return wall; };
  ports.mono_now = [this] { return mono; };
  ports.random_id = [this] { return id_of(++drawn_); };
  api_ = std::make_unique<gateway::local_api>(
      std::move(ports), [](const api::request& request) {
        const std::string_view user = request.user.name;
        if (!user.starts_with("system:controller:")
            && !user.starts_with("system:kube-"))
          return std::optional<api::status>{};
        return gateway::check_access(request.user,
                                     gateway::question_of(request));
      });
  store.set_wall_time(wall);
}

object_key api_world::place(const std::string& yaml) {
  const auto& resource = resource_for(yaml);
  auto read = codec::decode_yaml(yaml, resource.type);
  if (!read || !read->problems.empty())
    throw std::runtime_error{"cannot read " + yaml};
  store::proposal proposal;
  proposal.id = next_id();
  proposal.deadline = wall + std::chrono::seconds{60};
  auto put = gateway::make_put(read->doc, resource);
  const auto key = put.key;
  proposal.ops.push_back(std::move(put));
  store.propose_now(std::move(proposal));
  return key;
}

void api_world::erase(const object_key& key) {
  store::proposal proposal;
  proposal.id = next_id();
  proposal.deadline = wall + std::chrono::seconds{60};
  proposal.ops.push_back(store::erase{key});
  store.propose_now(std::move(proposal));
}

api::response api_world::call(api::request request) {
  give_account(request);
  std::optional<api::response> out;
  api_->call(std::move(request), mono + std::chrono::seconds{30},
             [&](api::response answer) { out = std::move(answer); });
  if (!out)
    throw std::runtime_error{"a write did not answer"};
  return std::move(*out);
}

api::response api_world::remove(const object_key& key,
                                const std::string& propagation_policy) {
  control::action removal;
  removal.kind = control::action_kind::remove;
  removal.target = key;
  removal.propagation_policy = propagation_policy;
  return act(removal);
}

api::response api_world::act(const control::action& wanted) {
  auto request = control::to_request(wanted, "user");
  request.user = {"user", {}, {}, {}};
  return call(std::move(request));
}

void api_world::give_account(const api::request& request) {
  const auto& target = request.target;
  const bool creates_pod = request.verb == api::verb::create
                           && target.group.empty() && target.resource == "pods"
                           && target.subresource.empty();
  if (creates_pod
      && store.current()->get("core/serviceaccounts/" + target.ns + "/default")
             == nullptr)
    place("{apiVersion: v1, kind: ServiceAccount, metadata: {name: default, "
          "namespace: "
          + target.ns + "}, automountServiceAccountToken: false}");
}

control::snapshot api_world::view() const {
  control::informer_cache cache{{{""}, true}};
  cache.advance(store.current(), [](const control::object_change&) {});
  return cache.at(wall);
}

std::vector<std::string> api_world::names(const std::string& prefix) const {
  std::vector<std::string> out;
  view().each(prefix, [&](const object_key& key, const auto&) {
    out.push_back(key.substr(prefix.size()));
    return true;
  });
  return out;
}

void api_world::advance(duration by) {
  mono += by;
  wall += by;
  store.set_mono_time(mono);
  store.set_wall_time(wall);
}

std::shared_ptr<const codec::document> config_map(const std::string& name) {
  codec::document doc{schema::find_kind_type({"", "v1", "ConfigMap"})};
  auto& metadata = doc.object_at(doc.root(), schema::ids::config_map::metadata);
  doc.set(metadata, schema::ids::object_meta::name, doc.make_string(name));
  return std::make_shared<const codec::document>(std::move(doc));
}

store::proposal_id api_world::next_id() {
  return store::proposal_id{id_of(++drawn_)};
}

} // namespace troupe::test
