#include "runtime/store/guards.hpp"

namespace troupe::store {

namespace {

bool holds(const key_absent&, const version_ptr& standing) {
  return standing == nullptr;
}

bool holds(const key_at_revision& x, const version_ptr& standing) {
  return standing != nullptr && standing->modified == x.at;
}

bool holds(const key_has_uid& x, const version_ptr& standing) {
  return standing != nullptr && standing->columns->uid == x.uid;
}

bool holds(const key_present&, const version_ptr& standing) {
  return standing != nullptr;
}

bool holds(const namespace_active&, const version_ptr& standing) {
  return standing != nullptr && !standing->columns->deleting;
}

key key_of(const namespace_active& x) {
  return key{namespaces_prefix}.append(x.name);
}

template <class T>
const key& key_of(const T& x) {
  return x.key;
}

} // namespace

guard_verdict check_guard(const guard& value, const version_table& versions) {
  return std::visit(
      [&](auto& x) -> guard_verdict {
        auto standing = versions.live(key_of(x));
        return {holds(x, standing), standing ? standing->modified : revision{}};
      },
      value);
}

} // namespace troupe::store
