#include "actors/gateway/http/object_text.hpp"

#include "actors/gateway/object/storage.hpp"
#include "messages/base/check.hpp"
#include "messages/base/json_escape.hpp"
#include "messages/codec/convert/convert.hpp"
#include "messages/codec/json.hpp"
#include "messages/schema/registry.hpp"

namespace troupe::gateway {

namespace {

/// metadata has one id in every kind, so this type reads any object and knows
/// nothing else of it.
const schema::type_desc& partial_type() {
  static const auto* type = schema::find_type(
      "io.k8s.apimachinery.pkg.apis.meta.v1.PartialObjectMetadata");
  TROUPE_CHECK(type, "the schema describes PartialObjectMetadata");
  return *type;
}

std::string_view meta_version(codec::table_version version) {
  return version == codec::table_version::v1 ? "meta.k8s.io/v1"
                                             : "meta.k8s.io/v1beta1";
}

std::string text_of_revision(store::revision at) {
  return at.value() == 0 ? std::string{} : std::to_string(at.value());
}

void append_member(std::string& out, std::string_view name,
                   std::string_view value) {
  append_json_string(out, name);
  out += ':';
  append_json_string(out, value);
}

void append_head(std::string& out, std::string_view kind,
                 std::string_view api_version) {
  out += '{';
  append_member(out, "kind", kind);
  out += ',';
  append_member(out, "apiVersion", api_version);
}

void append_list_metadata(std::string& out, const list_metadata& metadata) {
  out += R"(,"metadata":{)";
  append_member(out, "resourceVersion", std::to_string(metadata.at.value()));
  if (!metadata.continue_token.empty()) {
    out += ',';
    append_member(out, "continue", metadata.continue_token);
  }
  if (metadata.remaining)
    out += R"(,"remainingItemCount":)" + std::to_string(*metadata.remaining);
  out += R"(},"items":[)";
}

/// The object as JSON; without kind and apiVersion unless partial.
void append_document(std::string& out, const codec::node& root,
                     const schema::type_desc* type, bool partial,
                     codec::table_version version, std::string_view at) {
  codec::encode_options options;
  if (!at.empty())
    options.resource_version = at;
  if (partial) {
    options.api_version = meta_version(version);
    options.kind = "PartialObjectMetadata";
    type = &partial_type();
  }
  codec::append_json(out, root, type, options);
}

} // namespace

object_text::object_text(const served_resource& resource, encode_cache& cache,
                         response_form form, wall_time now)
    : resource_(resource), cache_(cache), form_(form), now_(now) {
  // nop
}

codec::table_options object_text::table_options(bool columns) const {
  codec::table_options out;
  out.version = form_.version;
  out.include = form_.include;
  out.columns = columns;
  out.now = now_;
  return out;
}

shared_bytes object_text::encode(const store::version_ptr& version,
                                 store::revision at) const {
  auto object = decode_version(*version, resource_.desc.storage());
  if (!object)
    return nullptr;
  if (resource_.desc.stored != nullptr)
    object = codec::to_shown(*object, resource_.desc);
  bytes out;
  append_document(out, object->root(), resource_.desc.type, is_partial(),
                  form_.version, text_of_revision(at));
  return make_shared_bytes(std::move(out));
}

shared_bytes object_text::text_of(const store::version_ptr& version,
                                  store::revision at) const {
  auto form = cached_form::object;
  if (is_partial())
    form = form_.version == codec::table_version::v1
               ? cached_form::partial_v1
               : cached_form::partial_v1beta1;
  return cache_.get(version, at, resource_.desc, form,
                    [&] { return encode(version, at); });
}

/// Items of lists carry no kind; elsewhere it goes in front of what they have.
void object_text::append_typed(std::string& out, std::string_view text) const {
  if (is_partial()) {
    out += text;
    return;
  }
  append_head(out, resource_.desc.kind.kind, resource_.api_version);
  if (text != "{}")
    out += ',';
  out += text.substr(1);
}

bool object_text::append(std::string& out, const store::version_ptr& version,
                         store::revision at, bool columns) const {
  if (form_.form != object_form::table) {
    const auto text = text_of(version, at);
    if (text)
      append_typed(out, *text);
    return text != nullptr;
  }
  const auto object = decode_version(*version, resource_.desc.storage());
  if (object)
    codec::append_table(out, resource_.printer, table_options(columns),
                        {object->root(), text_of_revision(at)});
  return object.has_value();
}

void object_text::append(std::string& out, const codec::document& object,
                         std::string_view api_version, std::string_view kind,
                         store::revision at) const {
  const auto revision = text_of_revision(at);
  const bool stored = object.type() == resource_.desc.storage().type;
  if (form_.form == object_form::table && stored)
    return codec::append_table(out, resource_.printer, table_options(true),
                               {object.root(), revision});
  if (is_partial())
    return append_document(out, object.root(), object.type(), true,
                           form_.version, revision);
  codec::encode_options options{api_version, kind, std::nullopt};
  if (!revision.empty())
    options.resource_version = revision;
  if (!stored || resource_.desc.stored == nullptr)
    return codec::append_json(out, object.root(), object.type(), options);
  const auto shown = codec::to_shown(object, resource_.desc);
  codec::append_json(out, shown.root(), shown.type(), options);
}

bool object_text::append_list(std::string& out, const list_page& page,
                              const list_metadata& metadata) const {
  if (form_.form == object_form::table)
    return append_table(out, page, metadata);
  if (is_partial())
    append_head(out, "PartialObjectMetadataList", meta_version(form_.version));
  else
    append_head(out, resource_.desc.list_kind, resource_.api_version);
  append_list_metadata(out, metadata);
  bool first = true;
  for (const auto& [key, version] : page.items) {
    const auto text = text_of(version, version->modified);
    if (!text)
      return false;
    if (!first)
      out += ',';
    first = false;
    out += *text;
  }
  out += "]}";
  return true;
}

bool object_text::append_table(std::string& out, const list_page& page,
                               const list_metadata& metadata) const {
  const auto revision = std::to_string(metadata.at.value());
  codec::table_writer table{
      out,
      resource_.printer,
      table_options(true),
      {revision, metadata.continue_token, metadata.remaining}};
  for (const auto& [key, version] : page.items) {
    const auto object = decode_version(*version, resource_.desc.storage());
    if (!object)
      return false;
    table.add({object->root(), text_of_revision(version->modified)});
  }
  table.finish();
  return true;
}

void object_text::append_bookmark(std::string& out, store::revision at,
                                  bool initial_events_end) const {
  codec::document object{&partial_type()};
  if (initial_events_end) {
    auto& metadata = object.object_at(object.root(), 1);
    const auto* annotations =
        codec::find_path(object.root(), &partial_type(), "metadata");
    TROUPE_CHECK(annotations == &metadata, "metadata has id 1 in every kind");
    const auto* type = partial_type().find("metadata")->object;
    auto& map = object.map_at(metadata, type->find("annotations")->id);
    object.set(map, "k8s.io/initial-events-end", object.make_string("true"));
  }
  const auto revision = std::to_string(at.value());
  if (form_.form == object_form::table) {
    auto options = table_options(false);
    return codec::append_table(out, resource_.printer, options,
                               {object.root(), revision});
  }
  codec::encode_options options{resource_.api_version, resource_.desc.kind.kind,
                                revision};
  if (is_partial())
    options = {meta_version(form_.version), "PartialObjectMetadata", revision};
  codec::append_json(out, object.root(), &partial_type(), options);
}

} // namespace troupe::gateway
