#include "messages/codec/managed/last_applied.hpp"

#include "messages/codec/convert/convert.hpp"
#include "messages/codec/convert/names.hpp"
#include "messages/codec/json.hpp"
#include "messages/codec/managed/compare.hpp"

namespace troupe::codec {

namespace {

struct annotations_place {
  const schema::field_desc* metadata = nullptr;
  const schema::field_desc* annotations = nullptr;

  explicit annotations_place(const schema::type_desc& type)
      : metadata{type.find("metadata")} {
    if (metadata && metadata->object)
      annotations = metadata->object->find("annotations");
  }

  const node* find(const document& object) const {
    return annotations
               ? codec::find(object.root(), {metadata->id, annotations->id})
               : nullptr;
  }

  node* find(document& object) const {
    auto* in = annotations ? object.root().find(metadata->id) : nullptr;
    return in ? in->find(annotations->id) : nullptr;
  }
};

const node* annotation_of(const document& object) {
  auto* all = annotations_place{*object.type()}.find(object);
  return all ? all->find(last_applied_annotation) : nullptr;
}

/// The configuration as kubectl writes it: sorted, without the annotation
/// itself, ending with a line feed.
std::string text_of(const document& config, const field_write& write) {
  auto plain = config.clone();
  remove_managed_fields(plain);
  if (auto* all = annotations_place{*plain.type()}.find(plain))
    plain.erase(*all, last_applied_annotation);
  if (const auto* shown = shown_version(*plain.type(), write.api_version))
    plain = to_shown(plain, *shown);
  auto text = encode_json(plain.root(), plain.type(),
                          {write.api_version, write.kind, std::nullopt});
  if (auto sorted = decode_json(text, nullptr))
    text = encode_json(sorted->doc.root(), nullptr);
  return text + "\n";
}

std::size_t octets_of(const node& annotations) {
  std::size_t octets = 0;
  for (auto& [key, value] : annotations.entries())
    octets += key.size() + value->string_or("").size();
  return octets;
}

} // namespace

bool has_last_applied(const document& object) {
  return annotation_of(object) != nullptr;
}

field_set last_applied_fields(const document& object) {
  auto* annotation = annotation_of(object);
  if (!annotation)
    return {};
  const auto text = annotation->string_or("");
  auto config = decode_json(text, object.type());
  if (!config)
    return {};
  const auto* shown = shown_version(*object.type(), config->api_version);
  if (shown == nullptr)
    return fields_of(config->doc);
  auto own = decode_json(text, shown->type);
  return own ? fields_of(to_stored(own->doc, *shown)) : field_set{};
}

void write_last_applied(document& object, const document& config,
                        const field_write& write) {
  auto* all = annotations_place{*object.type()}.find(object);
  TROUPE_CHECK(all != nullptr, "the annotation is rewritten, never added");
  object.set(*all, last_applied_annotation,
             object.make_string(text_of(config, write)));
  if (octets_of(*all) > annotations_size_max)
    object.erase(*all, last_applied_annotation);
}

} // namespace troupe::codec
