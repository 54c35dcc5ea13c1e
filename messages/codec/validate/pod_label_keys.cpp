#include "messages/codec/validate/pod_label_keys.hpp"

#include "messages/codec/validate/fill.hpp"
#include "messages/codec/validate/object_ids.hpp"
#include "messages/schema/ids/core_v1.hpp"
#include "messages/schema/ids/meta_v1.hpp"

namespace troupe::codec {

namespace {

namespace ids = schema::ids;

class merger {
public:
  merger(document& doc, const node& labels) : doc_{doc}, labels_{labels} {}

  void term(node& object) {
    namespace id = ids::pod_affinity_term;
    merge(object, id::label_selector, id::match_label_keys, "In");
    merge(object, id::label_selector, id::mismatch_label_keys, "NotIn");
  }

  void constraint(node& object) {
    namespace id = ids::topology_spread_constraint;
    merge(object, id::label_selector, id::match_label_keys, "In");
  }

  /// Of PodAffinity or PodAntiAffinity, which share their ids.
  void affinity(node& object) {
    namespace id = ids::pod_affinity;
    each_object(
        object, id::preferred_during_scheduling_ignored_during_execution,
        [&](node& one) {
          with_object(one, ids::weighted_pod_affinity_term::pod_affinity_term,
                      [&](node& inner) { term(inner); });
        });
    each_object(object, id::required_during_scheduling_ignored_during_execution,
                [&](node& one) { term(one); });
  }

private:
  void merge(node& object, field_id selector, field_id keys,
             std::string_view op) {
    with_object(object, selector, [&](node& wanted) {
      for (const auto* key : items_of(&object, keys))
        if (const auto* value = labels_.find(key->string_or("")))
          add(wanted, key->string_or(""), *value, op);
    });
  }

  void add(node& selector, std::string_view key, const node& value,
           std::string_view op) {
    namespace id = ids::label_selector_requirement;
    auto* added = doc_.make_object();
    doc_.set(*added, id::key, doc_.make_string(key));
    doc_.set(*added, id::operator_, doc_.make_string(op));
    doc_.push_back(doc_.list_at(*added, id::values), doc_.clone(value));
    doc_.push_back(
        doc_.list_at(selector, ids::label_selector::match_expressions), added);
  }

  document& doc_;
  const node& labels_;
};

} // namespace

void merge_label_keys(document& pod) {
  const node* metadata = pod.root().find(metadata_id);
  const node* labels =
      metadata == nullptr ? nullptr : metadata->find(object_meta::labels);
  if (labels == nullptr || !labels->is(node_kind::map))
    return;
  merger all{pod, *labels};
  with_object(pod.root(), ids::pod::spec, [&](node& spec) {
    with_object(spec, ids::pod_spec::affinity, [&](node& affinity) {
      for (auto id :
           {ids::affinity::pod_affinity, ids::affinity::pod_anti_affinity})
        with_object(affinity, id, [&](node& one) { all.affinity(one); });
    });
    each_object(spec, ids::pod_spec::topology_spread_constraints,
                [&](node& one) { all.constraint(one); });
  });
}

} // namespace troupe::codec
