#include "runtime/watch/selection.hpp"

#include "messages/base/check.hpp"

namespace troupe::watch {

namespace {

/// Appends text so that no two lists of texts look the same.
void append(std::string& out, std::string_view text) {
  out += std::to_string(text.size());
  out += ':';
  out += text;
}

delivery make_delivery(delivery_type type, const store::event& change,
                       const store::version_ptr& object) {
  return {type, change.key, object, change.now->modified, false};
}

} // namespace

selection::selection(std::string prefix, meta::label_selector labels,
                     meta::field_selector fields)
    : prefix_(std::move(prefix)), labels_(std::move(labels)),
      fields_(std::move(fields)) {
  TROUPE_CHECK(prefix_.empty() || prefix_.ends_with('/'),
               "a watch's prefix ends where a part of the key ends");
}

bool selection::sees(const store::version& object) const {
  return !object.tombstone() && fields_.matches(object.columns->fields)
         && labels_.matches(object.columns->labels);
}

std::optional<delivery> selection::see(const store::event& change) const {
  const auto was = change.before != nullptr && sees(*change.before);
  const auto is = sees(*change.now);
  if (is)
    return make_delivery(was ? delivery_type::modified : delivery_type::added,
                         change, change.now);
  if (was)
    return make_delivery(delivery_type::deleted, change, change.before);
  return std::nullopt;
}

const meta::field_requirement* selection::pivot() const noexcept {
  const meta::field_requirement* found = nullptr;
  for (const auto& one : fields_.requirements()) {
    // An object without the column has the value "" too, but no entry to be
    // found by.
    if (!one.equal || one.value.empty())
      continue;
    if (one.name == "metadata.name")
      return &one;
    if (found == nullptr)
      found = &one;
  }
  return found;
}

std::string selection::fingerprint() const {
  std::string out;
  append(out, prefix_);
  for (const auto& one : fields_.requirements()) {
    out += one.equal ? "f=" : "f!";
    append(out, one.name);
    append(out, one.value);
  }
  if (labels_ == meta::label_selector::nothing())
    out += "none";
  for (const auto& one : labels_.requirements()) {
    out += 'l';
    out += std::to_string(static_cast<int>(one.op));
    append(out, one.key);
    append(out, std::to_string(one.values.size()));
    for (const auto& value : one.values)
      append(out, value);
  }
  return out;
}

} // namespace troupe::watch
