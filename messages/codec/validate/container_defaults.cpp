#include "messages/codec/validate/fill.hpp"
#include "messages/codec/validate/object_ids.hpp"
#include "messages/codec/validate/pod_defaults.hpp"
#include "messages/meta/quantity.hpp"
#include "messages/schema/ids/core_v1.hpp"

#include <vector>

namespace troupe::codec {

namespace {

namespace ids = schema::ids;

constexpr int resource_scale = -3;

void fill_http_get(document& doc, node& action) {
  fill_text(doc, action, ids::http_get_action::path, "/");
  fill_text(doc, action, ids::http_get_action::scheme, "HTTP");
}

void fill_probe(document& doc, node& probe) {
  namespace id = ids::probe;
  const auto at_least_one = [&](field_id field, std::int64_t value) {
    const node* present = probe.find(field);
    if (present == nullptr || present->integer_or(0) == 0)
      doc.set(probe, field, doc.make_integer(value));
  };
  at_least_one(id::timeout_seconds, 1);
  at_least_one(id::period_seconds, 10);
  at_least_one(id::success_threshold, 1);
  at_least_one(id::failure_threshold, 3);
  with_object(probe, id::http_get,
              [&](node& action) { fill_http_get(doc, action); });
}

void fill_lifecycle(document& doc, node& lifecycle) {
  for (auto id : {ids::lifecycle::post_start, ids::lifecycle::pre_stop})
    with_object(lifecycle, id, [&](node& handler) {
      with_object(handler, ids::lifecycle_handler::http_get,
                  [&](node& action) { fill_http_get(doc, action); });
    });
}

/// Amounts are kept in thousandths.
void round_amounts(document& doc, node& resources, field_id id) {
  node* amounts = resources.find(id);
  if (amounts == nullptr || !amounts->is(node_kind::map))
    return;
  std::vector<std::pair<std::string, std::string>> rounded;
  for (const auto& [name, value] : amounts->entries()) {
    const auto amount = meta::quantity::parse(value->string_or(""));
    if (!amount)
      continue;
    auto text = amount->rounded_up(resource_scale).text();
    if (text != value->string_or(""))
      rounded.emplace_back(std::string{name}, std::move(text));
  }
  for (const auto& [name, text] : rounded)
    doc.set(*amounts, name, doc.make_string(text));
}

void fill_env(document& doc, node& variable) {
  with_object(variable, ids::env_var::value_from, [&](node& source) {
    with_object(source, ids::env_var_source::field_ref, [&](node& field) {
      fill_text(doc, field, ids::object_field_selector::api_version, "v1");
    });
  });
}

/// The tag of an image's name; "" where a digest alone says which.
std::string_view tag_of(std::string_view image) {
  const auto digest = image.find('@');
  const auto name = image.substr(0, digest);
  const auto colon = name.rfind(':');
  const auto slash = name.rfind('/');
  if (colon != std::string_view::npos
      && (slash == std::string_view::npos || colon > slash))
    return name.substr(colon + 1);
  return digest == std::string_view::npos ? "latest" : "";
}

} // namespace

std::string_view default_pull_policy(std::string_view image) {
  return tag_of(image) == "latest" ? "Always" : "IfNotPresent";
}

void fill_container(document& doc, node& container, field_id base) {
  namespace id = ids::container;
  fill_text(doc, container, base | id::image_pull_policy,
            default_pull_policy(text_of(&container, base | id::image)));
  fill_text(doc, container, base | id::termination_message_path,
            "/dev/termination-log");
  fill_text(doc, container, base | id::termination_message_policy, "File");
  each_object(container, base | id::env,
              [&](node& variable) { fill_env(doc, variable); });
  for (auto probe :
       {id::liveness_probe, id::readiness_probe, id::startup_probe})
    with_object(container, base | probe,
                [&](node& one) { fill_probe(doc, one); });
  with_object(container, base | id::lifecycle,
              [&](node& one) { fill_lifecycle(doc, one); });
  with_object(container, base | id::resources, [&](node& one) {
    round_amounts(doc, one, ids::resource_requirements::limits);
    round_amounts(doc, one, ids::resource_requirements::requests);
  });
}

} // namespace troupe::codec
