#include "actors/controllers/replicas/keeper.hpp"

#include "messages/schema/ids/apps_v1.hpp"
#include "runtime/control/object_meta.hpp"

namespace troupe::controllers::replicas {

namespace {

namespace ids = schema::ids;

std::int64_t integer_of(const codec::node* object, codec::field_id id) {
  return view::read<std::int64_t>(object == nullptr ? nullptr
                                                    : object->find(id));
}

} // namespace

std::optional<keeper> read_keeper(const control::snapshot& view,
                                  const keeper_kind& kind,
                                  const object_key& key) {
  namespace spec_id = ids::replica_set_spec;
  const auto parts = control::parse_key(key);
  auto object = view.get(key);
  if (!parts || object == nullptr)
    return std::nullopt;
  const auto* spec = object->root().find(ids::replica_set::spec);
  const auto* status = object->root().find(ids::replica_set::status);
  if (spec == nullptr)
    return std::nullopt;
  auto selector = kind.selector_of(*spec);
  if (!selector)
    return std::nullopt;
  keeper out;
  out.kind = &kind;
  out.key = key;
  out.ns = parts->ns;
  out.name = parts->name;
  out.uid = control::uid_of(*object);
  out.generation = view::meta_v1::object_meta{object->root().find(
                                                  ids::replica_set::metadata)}
                       .generation();
  out.observed_generation =
      integer_of(status, ids::replica_set_status::observed_generation);
  out.replicas = integer_of(spec, spec_id::replicas);
  out.min_ready_seconds = integer_of(spec, spec_id::min_ready_seconds);
  out.selector = std::move(*selector);
  out.pod_template =
      view::core_v1::pod_template_spec{spec->find(spec_id::template_)};
  out.deleting = control::deleting(*object);
  out.object = std::move(object);
  return out;
}

object_key keepers_of(const keeper_kind& kind, std::string_view ns) {
  return control::make_key(kind.group, kind.plural, ns, "");
}

} // namespace troupe::controllers::replicas
