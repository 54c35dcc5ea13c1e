#include "messages/codec/validate/fill.hpp"
#include "messages/codec/validate/object_ids.hpp"
#include "messages/codec/validate/pod_defaults.hpp"
#include "messages/schema/ids/core_v1.hpp"

namespace troupe::codec {

namespace {

namespace ids = schema::ids;
namespace id = ids::volume;

constexpr std::int64_t file_mode = 0644;
constexpr std::int64_t token_seconds = 60 * 60;
constexpr std::int64_t certificate_seconds = 24 * 60 * 60;

bool has_source(const node& volume) {
  for (const auto& [field, value] : volume.members())
    if (schema::wrapper_number(field) != 0 && !value->is(node_kind::null))
      return true;
  return false;
}

void fill_api_versions(document& doc, node& source, field_id items) {
  each_object(source, items, [&](node& file) {
    with_object(
        file, ids::downward_api_volume_file::field_ref, [&](node& field) {
          fill_text(doc, field, ids::object_field_selector::api_version, "v1");
        });
  });
}

void fill_projection(document& doc, node& source) {
  namespace own = ids::volume_projection;
  with_object(source, own::service_account_token, [&](node& token) {
    fill_integer(doc, token,
                 ids::service_account_token_projection::expiration_seconds,
                 token_seconds);
  });
  with_object(source, own::downward_api, [&](node& fields) {
    fill_api_versions(doc, fields, ids::downward_api_projection::items);
  });
  with_object(source, own::pod_certificate, [&](node& certificate) {
    fill_integer(doc, certificate,
                 ids::pod_certificate_projection::max_expiration_seconds,
                 certificate_seconds);
  });
}

void fill_files(document& doc, node& volume) {
  with_object(volume, id::secret, [&](node& source) {
    fill_integer(doc, source, ids::secret_volume_source::default_mode,
                 file_mode);
  });
  with_object(volume, id::config_map, [&](node& source) {
    fill_integer(doc, source, ids::config_map_volume_source::default_mode,
                 file_mode);
  });
  with_object(volume, id::downward_api, [&](node& source) {
    fill_integer(doc, source, ids::downward_api_volume_source::default_mode,
                 file_mode);
    fill_api_versions(doc, source, ids::downward_api_volume_source::items);
  });
  with_object(volume, id::projected, [&](node& source) {
    fill_integer(doc, source, ids::projected_volume_source::default_mode,
                 file_mode);
    each_object(source, ids::projected_volume_source::sources,
                [&](node& one) { fill_projection(doc, one); });
  });
}

void fill_others(document& doc, node& volume) {
  with_object(volume, id::host_path, [&](node& source) {
    if (source.find(ids::host_path_volume_source::type) == nullptr)
      doc.set(source, ids::host_path_volume_source::type, doc.make_string(""));
  });
  with_object(volume, id::image, [&](node& source) {
    namespace own = ids::image_volume_source;
    fill_text(doc, source, own::pull_policy,
              default_pull_policy(text_of(&source, own::reference)));
  });
  with_object(volume, id::ephemeral, [&](node& source) {
    with_object(source, ids::ephemeral_volume_source::volume_claim_template,
                [&](node& claim) {
                  with_object(
                      claim, ids::persistent_volume_claim_template::spec,
                      [&](node& spec) {
                        fill_text(
                            doc, spec,
                            ids::persistent_volume_claim_spec::volume_mode,
                            "Filesystem");
                      });
                });
  });
}

} // namespace

void fill_volume(document& doc, node& volume) {
  if (!has_source(volume))
    fill_object(doc, volume, id::empty_dir);
  fill_files(doc, volume);
  fill_others(doc, volume);
}

} // namespace troupe::codec
