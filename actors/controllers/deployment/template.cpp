#include "actors/controllers/deployment/template.hpp"

#include "actors/controllers/deployment/replica_set.hpp"
#include "messages/codec/json.hpp"
#include "messages/codec/validate/defaults.hpp"
#include "messages/codec/validate/object_ids.hpp"
#include "messages/codec/validate/templates.hpp"
#include "messages/schema/ids/core_v1.hpp"
#include "messages/schema/registry.hpp"

namespace troupe::controllers::deployments {

namespace {

const schema::type_desc& type_of_templates() {
  return *schema::find_type("io.k8s.api.core.v1.PodTemplateSpec");
}

/// The template without the label, and without labels that say nothing. What
/// was stored before there was a default has it here, as it will be when it is
/// stored again.
codec::document plain(const codec::node* pod_template) {
  codec::document out{&type_of_templates()};
  if (pod_template == nullptr)
    return out;
  out.root(*out.clone(*pod_template));
  codec::apply_table_defaults(out, out.root(), type_of_templates());
  codec::fill_template(out, out.root());
  auto* metadata = out.root().find(schema::ids::pod_template_spec::metadata);
  if (metadata == nullptr)
    return out;
  if (auto* labels = metadata->find(codec::object_meta::labels)) {
    out.erase(*labels, hash_label);
    if (labels->empty())
      out.erase(*metadata, codec::object_meta::labels);
  }
  return out;
}

/// FNV-1a of 32 bits.
std::uint32_t fnv(std::string_view octets) {
  std::uint32_t out = 2166136261u;
  for (const unsigned char octet : octets)
    out = (out ^ octet) * 16777619u;
  return out;
}

} // namespace

template_pattern::template_pattern(const codec::node* pod_template)
    : plain_(plain(pod_template)) {
  // nop
}

bool template_pattern::matches(const codec::node* pod_template) const {
  return codec::equal(plain_.root(), plain(pod_template).root());
}

std::string template_hash(const codec::node& pod_template,
                          std::int64_t collisions) {
  constexpr std::string_view letters = "bcdfghjklmnpqrstvwxz2456789";
  auto text = codec::encode_json(pod_template, &type_of_templates());
  if (collisions > 0)
    text += std::to_string(collisions);
  std::string out;
  for (const unsigned char digit : std::to_string(fnv(text)))
    out += letters[digit % letters.size()];
  return out;
}

} // namespace troupe::controllers::deployments
