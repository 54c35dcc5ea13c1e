#include "actors/gateway/object/service_account_admission.hpp"

#include "actors/gateway/object/admission.hpp"
#include "actors/gateway/object/pod_references.hpp"
#include "actors/gateway/object/storage.hpp"
#include "messages/codec/json.hpp"
#include "messages/meta/names.hpp"
#include "messages/schema/ids/core_v1.hpp"
#include "messages/schema/registry.hpp"
#include "messages/view/core_v1.hpp"

#include <algorithm>

namespace troupe::gateway {

using codec::document;
using codec::node;

namespace {

namespace core = view::core_v1;
namespace ids = schema::ids;
namespace id = ids::pod_spec;

constexpr std::string_view default_account = "default";
constexpr std::string_view token_directory =
    "/var/run/secrets/kubernetes.io/serviceaccount";
constexpr std::string_view volume_base = "kube-api-access-";

/// Upstream looks ten times, up to 0.2 s apart.
constexpr duration account_patience = std::chrono::seconds{2};

/// What a pod needs to talk to the API, in one directory. A token of 3607 s is
/// one nobody asked for.
constexpr std::string_view token_volume =
    R"({"volumes":[{"projected":{"defaultMode":420,"sources":[)"
    R"({"serviceAccountToken":{"expirationSeconds":3607,"path":"token"}},)"
    R"({"configMap":{"name":"kube-root-ca.crt",)"
    R"("items":[{"key":"ca.crt","path":"ca.crt"}]}},)"
    R"({"downwardAPI":{"items":[{"path":"namespace","fieldRef":)"
    R"({"apiVersion":"v1","fieldPath":"metadata.namespace"}}]}}]}}]})";

const schema::resource_desc& service_accounts() {
  static const auto* found = schema::find_resource("", "v1", "serviceaccounts");
  TROUPE_CHECK(found != nullptr, "service accounts are served");
  return *found;
}

bool is_mirror(const core::pod& pod) {
  return pod.metadata().annotations().contains("kubernetes.io/config.mirror");
}

/// Why a node's own pod, shown by the API, may not be; "" if it may.
std::string judge_mirror(const document& object) {
  const core::pod pod{object};
  if (!pod.spec().service_account_name().empty())
    return "a mirror pod may not reference service accounts";
  if (pod_uses_secrets(object))
    return "a mirror pod may not reference secrets";
  for (auto volume : pod.spec().volumes())
    for (auto source : volume.projected().sources())
      if (source.has_service_account_token())
        return "a mirror pod may not use ServiceAccountToken volume "
               "projections";
  return {};
}

/// The pod's word, then the account's.
bool wants_token(const core::pod_spec& spec,
                 const core::service_account& account) {
  if (spec.has_automount_service_account_token())
    return spec.automount_service_account_token();
  return !account.has_automount_service_account_token()
         || account.automount_service_account_token();
}

/// The list's own items, for changing.
std::span<node* const> items_of(node& spec, codec::field_id list) {
  auto* found = spec.find(list);
  return found != nullptr && found->is(codec::node_kind::list)
             ? std::span<node* const>{found->items()}
             : std::span<node* const>{};
}

/// Mounts the volume where nothing stands at its place yet; false if nowhere.
bool mount_everywhere(document& doc, node& spec, std::string_view volume) {
  bool mounted = false;
  for (auto list : {id::init_containers, id::containers})
    for (auto* container : items_of(spec, list)) {
      auto& mounts = doc.list_at(*container, ids::container::volume_mounts);
      const auto takes_place = [](const node* mount) {
        return core::volume_mount{mount}.mount_path() == token_directory;
      };
      if (std::ranges::any_of(mounts.items(), takes_place))
        continue;
      auto* mount = doc.make_object();
      doc.set(*mount, ids::volume_mount::name, doc.make_string(volume));
      doc.set(*mount, ids::volume_mount::read_only, doc.make_boolean(true));
      doc.set(*mount, ids::volume_mount::mount_path,
              doc.make_string(token_directory));
      doc.push_back(mounts, mount);
      mounted = true;
    }
  return mounted;
}

void add_volume(document& doc, node& spec, std::string_view name) {
  const auto* type = doc.type()->find("spec")->object;
  auto made = codec::decode_json(token_volume, type);
  TROUPE_CHECK(made.has_value(), "the volume of tokens is a volume");
  auto* volume = doc.clone(*items_of(made->doc.root(), id::volumes).front());
  doc.set(*volume, ids::volume::name, doc.make_string(name));
  doc.push_back(doc.list_at(spec, id::volumes), volume);
}

void mount_token(document& doc, node& spec, const stamps& given) {
  std::string name;
  for (auto volume : core::pod_spec{&spec}.volumes())
    if (name.empty() && volume.name().starts_with(volume_base))
      name = volume.name();
  const bool is_there = !name.empty();
  if (!is_there)
    name = meta::generate_name(volume_base, given.random());
  if (mount_everywhere(doc, spec, name) && !is_there)
    add_volume(doc, spec, name);
}

void take_pull_secrets(document& doc, node& spec,
                       const core::service_account& account) {
  if (!core::pod_spec{&spec}.image_pull_secrets().empty())
    return;
  for (auto secret : account.image_pull_secrets()) {
    auto* named = doc.make_object();
    doc.set(*named, ids::local_object_reference::name,
            doc.make_string(secret.name()));
    doc.push_back(doc.list_at(spec, id::image_pull_secrets), named);
  }
}

/// strconv.ParseBool
bool is_true(std::string_view text) {
  constexpr std::string_view words[] = {"1", "t", "T", "TRUE", "true", "True"};
  return std::ranges::find(words, text) != std::end(words);
}

/// A secret that the pod uses and the account does not list.
class secret_limits {
public:
  explicit secret_limits(const core::service_account& account)
      : account_{account} {}

  /// "" when all of the pod's are listed.
  std::string judge(const core::pod_spec& spec) const {
    for (auto volume : spec.volumes())
      if (volume.has_secret() && !lists(volume.secret().secret_name()))
        return "volume with secret.secretName=\""
               + std::string{volume.secret().secret_name()} + '"' + unlisted();
    for (auto [containers, word] :
         {std::pair{spec.init_containers(), "init container "},
          std::pair{spec.containers(), "container "}})
      for (auto one : containers)
        if (auto why = judge(one, word); !why.empty())
          return why;
    return judge_pulls(spec);
  }

private:
  std::string judge(const core::container& one, std::string word) const {
    word += one.name();
    for (auto variable : one.env())
      if (variable.value_from().has_secret_key_ref())
        if (auto name = variable.value_from().secret_key_ref().name();
            !lists(name))
          return word + " with envVar " + std::string{variable.name()}
                 + " referencing secret.secretName=\"" + std::string{name} + '"'
                 + unlisted();
    for (auto source : one.env_from())
      if (source.has_secret_ref() && !lists(source.secret_ref().name()))
        return word + " with envFrom referencing secret.secretName=\""
               + std::string{source.secret_ref().name()} + '"' + unlisted();
    return {};
  }

  std::string judge_pulls(const core::pod_spec& spec) const {
    std::size_t index = 0;
    for (auto pull : spec.image_pull_secrets()) {
      bool listed = false;
      for (auto own : account_.image_pull_secrets())
        listed = listed || own.name() == pull.name();
      if (!listed)
        return "imagePullSecrets[" + std::to_string(index) + "].name=\""
               + std::string{pull.name()}
               + "\" is not allowed because service account " + name()
               + " does not reference that imagePullSecret";
      ++index;
    }
    return {};
  }

  bool lists(std::string_view secret) const {
    for (auto own : account_.secrets())
      if (own.name() == secret)
        return true;
    return false;
  }

  std::string name() const { return std::string{account_.metadata().name()}; }

  std::string unlisted() const {
    return " is not allowed because service account " + name()
           + " does not reference that secret";
  }

  const core::service_account& account_;
};

std::optional<write_decision> forbid(const object_call& call,
                                     const document& object,
                                     const std::string& why,
                                     duration patience = {}) {
  if (why.empty())
    return std::nullopt;
  return decline(
      api::forbidden(call.group_resource(), admitted_name(object), why),
      patience);
}

std::optional<write_decision> missing_account(const object_call& call,
                                              const document& object,
                                              const std::string& name) {
  return forbid(call, object,
                "error looking up service account " + call.ns + "/" + name
                    + ": serviceaccount \"" + name + "\" not found",
                name == default_account ? account_patience : duration{});
}

} // namespace

std::optional<write_decision>
admit_service_account(const object_call& call, document& object,
                      const store::store_snapshot& state, const stamps& given) {
  const auto& kind = call.resource->kind;
  if (!kind.group.empty() || kind.kind != "Pod" || !call.subresource.empty())
    return std::nullopt;
  if (is_mirror(core::pod{object}))
    return forbid(call, object, judge_mirror(object));
  auto& spec = object.object_at(object.root(), ids::pod::spec);
  std::string name{core::pod_spec{&spec}.service_account_name()};
  if (name.empty())
    name = default_account;
  // The older field follows.
  for (auto field : {id::service_account_name, id::service_account})
    object.set(spec, field, object.make_string(name));
  if (!meta::check_dns1123_subdomain(name).empty())
    return missing_account(call, object, name);
  const auto found = read_object(
      state, object_key(service_accounts(), call.ns, name), service_accounts());
  if (!found)
    return decline(unreadable(found.error()));
  if (!*found)
    return missing_account(call, object, name);
  const core::service_account account{(*found)->object};
  if (wants_token(core::pod_spec{&spec}, account))
    mount_token(object, spec, given);
  take_pull_secrets(object, spec, account);
  if (!is_true(account.metadata()
                   .annotations()["kubernetes.io/enforce-mountable-secrets"]))
    return std::nullopt;
  return forbid(call, object,
                secret_limits{account}.judge(core::pod_spec{&spec}));
}

} // namespace troupe::gateway
