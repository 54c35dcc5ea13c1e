#include "actors/controllers/service_account_token/service_account_token.hpp"

#include "messages/codec/validate/object_ids.hpp"
#include "messages/schema/ids/core_v1.hpp"
#include "messages/view/core_v1.hpp"

namespace troupe::controllers::service_account_token {

namespace {

namespace core = view::core_v1;
namespace ids = schema::ids::core_v1::secret;
using codec::document;

constexpr std::string_view secrets_prefix = "core/secrets/";
constexpr std::string_view accounts_prefix = "core/serviceaccounts/";
constexpr std::string_view token_type = "kubernetes.io/service-account-token";
constexpr std::string_view name_annotation =
    "kubernetes.io/service-account.name";
constexpr std::string_view uid_annotation = "kubernetes.io/service-account.uid";
constexpr std::string_view authority_file = "ca.crt";
constexpr std::string_view namespace_file = "namespace";
constexpr std::string_view token_file = "token";

bool is_token(const store::version& version) {
  return meta::find_column(version.columns->fields, "type") == token_type;
}

object_key account_key(core::secret secret) {
  return control::make_key("", "serviceaccounts",
                           secret.metadata().namespace_(),
                           secret.metadata().annotations()[name_annotation]);
}

/// Whether the Secret is of this account, and not of one of its name before.
bool is_of(core::secret secret, const store::version* account) {
  const auto annotations = secret.metadata().annotations();
  const auto uid = annotations.contains(uid_annotation)
                       ? annotations[uid_annotation]
                       : std::string_view{};
  return account != nullptr && (uid.empty() || uid == account->columns->uid);
}

class filler {
public:
  filler(const settings& given, core::secret secret, const document& object,
         const std::string& account_uid)
      : given_{given}, secret_{secret},
        account_uid_{account_uid}, next_{object.clone()} {}

  /// None when nothing is missing.
  std::optional<document> fill() {
    const auto data = secret_.data();
    const bool annotated =
        secret_.metadata().annotations().contains(uid_annotation);
    if (!given_.root_ca.empty() && data[authority_file] != given_.root_ca)
      put(authority_file, given_.root_ca);
    if (data[namespace_file].empty())
      put(namespace_file, secret_.metadata().namespace_());
    if (data[token_file].empty())
      put(token_file, given_.issue(subject()));
    if (!annotated)
      annotate();
    return changed_ ? std::optional{std::move(next_)} : std::nullopt;
  }

private:
  token_subject subject() const {
    const auto metadata = secret_.metadata();
    return {std::string{metadata.namespace_()},
            std::string{metadata.annotations()[name_annotation]}, account_uid_,
            std::string{metadata.name()}, std::string{metadata.uid()}};
  }

  void put(std::string_view file, std::string_view value) {
    next_.set(next_.map_at(next_.root(), ids::data), file,
              next_.make_string(value));
    changed_ = true;
  }

  void annotate() {
    auto& metadata = next_.object_at(next_.root(), codec::metadata_id);
    next_.set(next_.map_at(metadata, codec::object_meta::annotations),
              uid_annotation, next_.make_string(account_uid_));
    changed_ = true;
  }

  const settings& given_;
  core::secret secret_;
  const std::string& account_uid_;
  document next_;
  bool changed_ = false;
};

} // namespace

control::plan reconcile(const settings& given, const control::snapshot& view,
                        const object_key& key) {
  const auto version = view.find(key);
  const auto object = view.get(key);
  if (!given.issue || version == nullptr || object == nullptr
      || !is_token(*version) || version->columns->deleting)
    return {};
  const core::secret secret{*object};
  if (secret.metadata().annotations()[name_annotation].empty())
    return {};
  const auto account = view.find(account_key(secret));
  if (!is_of(secret, account.get())) {
    auto gone = control::removal_of(key, *version, "Background",
                                    "its service account is gone");
    gone.confirm = true;
    return {{std::move(gone)}};
  }
  auto next = filler{given, secret, *object, account->columns->uid}.fill();
  if (!next)
    return {};
  return {{control::update_of(key, std::move(*next),
                              "it holds a service account's token")}};
}

void keys_of(const control::object_change& change, const control::owner_index&,
             const std::function<void(const object_key&)>& enqueue) {
  if (change.key.starts_with(secrets_prefix) && change.now != nullptr
      && is_token(*change.now))
    enqueue(change.key);
}

void keys_of_account(const control::object_change& change,
                     const control::snapshot& view,
                     const std::function<void(const object_key&)>& enqueue) {
  if (!change.key.starts_with(accounts_prefix))
    return;
  const auto parts = control::parse_key(change.key);
  TROUPE_CHECK(parts.has_value(), "a service account has a key");
  view.each(control::make_key("", "secrets", parts->ns, ""),
            [&](const auto& key, const auto& version) {
              if (is_token(*version))
                enqueue(key);
              return true;
            });
}

std::vector<std::string> watched() {
  return {std::string{secrets_prefix}, std::string{accounts_prefix}};
}

} // namespace troupe::controllers::service_account_token
