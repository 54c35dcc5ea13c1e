#include "runtime/control/owner_index.hpp"

namespace troupe::control {

namespace {

std::string edge(std::string_view owner_uid, std::string_view key) {
  std::string out{owner_uid};
  out.push_back('\0');
  return out.append(key);
}

} // namespace

void owner_index::change(std::string_view key, const store::version* before,
                         const store::version* now) {
  if (before != nullptr && now != nullptr && *before->columns == *now->columns)
    return;
  if (before != nullptr)
    remove(key, *before->columns);
  if (now != nullptr)
    add(key, *now->columns);
}

std::vector<object_key> owner_index::dependents(std::string_view uid) const {
  const auto first = edge(uid, "");
  std::vector<object_key> out;
  edges_.visit(std::string_view{first},
               [&](const store::shared_key& found, const nothing&) {
                 if (!found.view().starts_with(first))
                   return false;
                 out.emplace_back(found.view().substr(first.size()));
                 return true;
               });
  return out;
}

std::optional<object_key> owner_index::deleting(std::string_view uid) const {
  const auto found = deleting_.find(uid);
  if (!found)
    return std::nullopt;
  return object_key{found->value->view()};
}

void owner_index::add(std::string_view key, const store::columns& columns) {
  for (const auto& owner : columns.owner_uids) {
    const auto name = edge(owner, key);
    edges_.set(std::string_view{name}, store::shared_key{name}, {});
  }
  if (columns.deleting)
    deleting_.set(std::string_view{columns.uid}, store::shared_key{columns.uid},
                  store::shared_key{key});
}

void owner_index::remove(std::string_view key, const store::columns& columns) {
  for (const auto& owner : columns.owner_uids) {
    const auto name = edge(owner, key);
    edges_.erase(std::string_view{name});
  }
  if (columns.deleting)
    deleting_.erase(std::string_view{columns.uid});
}

} // namespace troupe::control
