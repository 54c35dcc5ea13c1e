#include "messages/codec/validate/kind_rules.hpp"

namespace troupe::codec {

extern const kind_rules config_map_rules;
extern const kind_rules deployment_rules;
extern const kind_rules endpoint_slice_rules;
extern const kind_rules endpoints_rules;
extern const kind_rules event_rules;
extern const kind_rules event_v1_rules;
extern const kind_rules lease_rules;
extern const kind_rules namespace_rules;
extern const kind_rules node_rules;
extern const kind_rules pod_rules;
extern const kind_rules pod_template_rules;
extern const kind_rules replica_set_rules;
extern const kind_rules replication_controller_rules;
extern const kind_rules secret_rules;
extern const kind_rules service_rules;

namespace {

constexpr const kind_rules* all_rules[] = {
    &config_map_rules,             //
    &deployment_rules,             //
    &endpoint_slice_rules,         //
    &endpoints_rules,              //
    &event_rules,                  //
    &event_v1_rules,               //
    &lease_rules,                  //
    &namespace_rules,              //
    &node_rules,                   //
    &pod_rules,                    //
    &pod_template_rules,           //
    &replica_set_rules,            //
    &replication_controller_rules, //
    &secret_rules,                 //
    &service_rules,                //
};

const kind_rules no_rules;

} // namespace

const subresource_rules* kind_rules::find(std::string_view subresource) const {
  for (const auto& rules : subresources)
    if (rules.name == subresource)
      return &rules;
  return nullptr;
}

const kind_rules& find_rules(std::string_view group, std::string_view kind) {
  for (const auto* rules : all_rules)
    if (rules->group == group && rules->kind == kind)
      return *rules;
  return no_rules;
}

const kind_rules& find_version_rules(const schema::resource_desc& version) {
  const auto& own = find_rules(version.kind.group, version.kind.kind);
  const auto& stored = version.storage().kind;
  return &own == &no_rules ? find_rules(stored.group, stored.kind) : own;
}

} // namespace troupe::codec
