#include "messages/codec/openapi/parameters.hpp"

namespace troupe::codec::openapi {

namespace {

constexpr parameter_desc allow_watch_bookmarks{
    "allowWatchBookmarks", "boolean",
    "Ask a watch for BOOKMARK events, which carry only a resourceVersion."};
constexpr parameter_desc continue_token{
    "continue", "string",
    "Token of the previous page of a list; the other parameters must be the "
    "same as on the first page."};
constexpr parameter_desc dry_run{
    "dryRun", "string",
    "With the value All every stage runs but nothing is stored."};
constexpr parameter_desc field_manager{
    "fieldManager", "string",
    "Name of the actor that makes the change, at most 128 printable "
    "characters; required by server-side apply."};
constexpr parameter_desc field_selector{
    "fieldSelector", "string",
    "Only objects whose fields match; all objects by default."};
constexpr parameter_desc field_validation{
    "fieldValidation", "string",
    "What to do with unknown or duplicate fields: Ignore, Warn or Strict."};
constexpr parameter_desc force{
    "force", "boolean",
    "Take over fields that other managers own; only for server-side apply."};
constexpr parameter_desc grace_period_seconds{
    "gracePeriodSeconds", "integer",
    "Seconds before the object is removed; zero removes it at once."};
constexpr parameter_desc ignore_store_read_error{
    "ignoreStoreReadErrorWithClusterBreakingPotential", "boolean",
    "Delete an object that can no longer be read from the store."};
constexpr parameter_desc label_selector{
    "labelSelector", "string",
    "Only objects whose labels match; all objects by default."};
constexpr parameter_desc limit{
    "limit", "integer",
    "Most objects in one page of a list; the answer's continue token leads to "
    "the next page."};
constexpr parameter_desc orphan_dependents{
    "orphanDependents", "boolean",
    "Deprecated: use propagationPolicy. Whether dependents are kept."};
constexpr parameter_desc pretty{"pretty", "string",
                                "With the value true the answer is indented."};
constexpr parameter_desc propagation_policy{
    "propagationPolicy", "string",
    "How dependents are collected: Orphan, Background or Foreground."};
constexpr parameter_desc resource_version{
    "resourceVersion", "string",
    "The version the answer must at least, or exactly, have."};
constexpr parameter_desc resource_version_match{
    "resourceVersionMatch", "string",
    "How resourceVersion is applied to a list: NotOlderThan or Exact."};
constexpr parameter_desc send_initial_events{
    "sendInitialEvents", "boolean",
    "Start a watch with the present objects as ADDED events, followed by a "
    "BOOKMARK event."};
constexpr parameter_desc timeout_seconds{
    "timeoutSeconds", "integer", "Seconds after which a list or watch ends."};
constexpr parameter_desc watch{
    "watch", "boolean", "Answer with a stream of changes instead of a list."};

constexpr parameter_desc path_name{"name", "string", "Name of the object.",
                                   true};
constexpr parameter_desc path_namespace{
    "namespace", "string", "Namespace of the object or objects.", true};

constexpr const parameter_desc* for_list[] = {
    &allow_watch_bookmarks,
    &continue_token,
    &field_selector,
    &label_selector,
    &limit,
    &pretty,
    &resource_version,
    &resource_version_match,
    &send_initial_events,
    &timeout_seconds,
    &watch,
};
constexpr const parameter_desc* for_read[] = {&pretty};
constexpr const parameter_desc* for_write[] = {&dry_run, &field_manager,
                                               &field_validation, &pretty};
constexpr const parameter_desc* for_patch[] = {
    &dry_run, &field_manager, &field_validation, &force, &pretty};
constexpr const parameter_desc* for_delete[] = {
    &dry_run,
    &grace_period_seconds,
    &ignore_store_read_error,
    &orphan_dependents,
    &pretty,
    &propagation_policy,
};
constexpr const parameter_desc* for_delete_collection[] = {
    &continue_token,
    &dry_run,
    &field_selector,
    &grace_period_seconds,
    &ignore_store_read_error,
    &label_selector,
    &limit,
    &orphan_dependents,
    &pretty,
    &propagation_policy,
    &resource_version,
    &resource_version_match,
    &send_initial_events,
    &timeout_seconds,
};

/// Empty if no parameter is of this type.
constexpr std::string_view query_type(schema::value_type type) {
  switch (type) {
    case schema::value_type::boolean:
      return "boolean";
    case schema::value_type::int32:
    case schema::value_type::int64:
      return "integer";
    case schema::value_type::string:
      return "string";
    default:
      return {};
  }
}

} // namespace

std::span<const parameter_desc* const> list_parameters() {
  return for_list;
}

std::span<const parameter_desc* const> read_parameters() {
  return for_read;
}

std::span<const parameter_desc* const> write_parameters() {
  return for_write;
}

std::span<const parameter_desc* const> patch_parameters() {
  return for_patch;
}

std::span<const parameter_desc* const> delete_parameters() {
  return for_delete;
}

std::span<const parameter_desc* const> delete_collection_parameters() {
  return for_delete_collection;
}

std::vector<std::shared_ptr<const parameter_desc>>
parameters_of(const schema::type_desc& type) {
  std::vector<std::shared_ptr<const parameter_desc>> result;
  for (const auto& field : type.fields)
    if (const auto name = query_type(field.type); !name.empty())
      result.push_back(std::make_shared<const parameter_desc>(
          parameter_desc{field.name, name, field.doc}));
  return result;
}

const parameter_desc& name_parameter() {
  return path_name;
}

const parameter_desc& namespace_parameter() {
  return path_namespace;
}

} // namespace troupe::codec::openapi
