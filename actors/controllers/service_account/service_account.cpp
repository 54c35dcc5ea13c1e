#include "actors/controllers/service_account/service_account.hpp"

#include "messages/codec/validate/object_ids.hpp"

namespace troupe::controllers::service_account {

namespace {

constexpr std::string_view name = "default";

codec::document new_account() {
  const auto* resource = control::stored_resource("", "serviceaccounts");
  TROUPE_CHECK(resource != nullptr, "service accounts are served");
  codec::document out{resource->type};
  auto& metadata = out.object_at(out.root(), codec::metadata_id);
  out.set(metadata, codec::object_meta::name, out.make_string(name));
  return out;
}

} // namespace

control::plan reconcile(const control::snapshot& view, const object_key& key) {
  const auto space = view.find(key);
  if (space == nullptr || space->columns->deleting)
    return {};
  const auto parts = control::parse_key(key);
  TROUPE_CHECK(parts.has_value(), "a namespace has a key");
  auto account = control::make_key("", "serviceaccounts", parts->name, name);
  if (view.find(account) != nullptr)
    return {};
  control::action create;
  create.kind = control::action_kind::create;
  create.target = std::move(account);
  create.body = std::make_shared<const codec::document>(new_account());
  create.reason = "every namespace has this service account";
  return {{std::move(create)}};
}

void keys_of(const control::object_change& change, const control::owner_index&,
             const std::function<void(const object_key&)>& enqueue) {
  const auto parts = control::parse_key(change.key);
  if (!parts)
    return;
  if (parts->plural == "namespaces")
    return enqueue(change.key);
  if (parts->name == name && change.now == nullptr)
    enqueue(control::make_key("", "namespaces", {}, parts->ns));
}

} // namespace troupe::controllers::service_account
