#include "messages/api/options.hpp"

#include "messages/base/json_escape.hpp"
#include "messages/base/utf8.hpp"

#include <algorithm>
#include <cstdio>

namespace troupe::api {

namespace {

constexpr std::string_view options_group = "meta.k8s.io";

using meta::field_errors;

status broken_rules(std::string_view kind, const field_errors& errors) {
  return invalid({options_group, kind}, {}, errors);
}

std::string json_list(const std::vector<std::string>& values) {
  std::string out = "[";
  for (const auto& value : values) {
    if (out.size() > 1)
      out += ',';
    append_json_string(out, value);
  }
  return out + ']';
}

/// True when the one value is "All".
bool read_dry_run(const std::vector<std::string>& values,
                  field_errors& errors) {
  if (std::any_of(values.begin(), values.end(),
                  [](const auto& value) { return value != "All"; }))
    errors.push_back(meta::not_supported("dryRun", json_list(values), {"All"}));
  return !values.empty();
}

void check_field_manager(std::string_view manager, field_errors& errors) {
  if (manager.size() > field_manager_length_max)
    errors.push_back(meta::too_long("fieldManager", field_manager_length_max));
  for (std::size_t i = 0; i < manager.size(); ++i) {
    const auto octet = static_cast<unsigned char>(manager[i]);
    if (octet >= 0x20 && octet != 0x7f)
      continue;
    char detail[64];
    std::snprintf(detail, sizeof(detail),
                  "invalid character U+%04X (at position %zu)", octet, i);
    errors.push_back(
        meta::invalid("fieldManager", meta::quoted(manager), detail));
  }
  if (!is_utf8(manager))
    errors.push_back(meta::invalid("fieldManager", meta::quoted(manager),
                                   "must be valid UTF-8"));
}

field_validation read_field_validation(const query_parameters& query,
                                       field_errors& errors) {
  const auto value = find_parameter(query, "fieldValidation").value_or("");
  if (value == "Ignore")
    return field_validation::ignore;
  if (value == "Strict")
    return field_validation::strict;
  if (!value.empty() && value != "Warn")
    errors.push_back(meta::not_supported("fieldValidation", meta::quoted(value),
                                         {"Ignore", "Strict", "Warn"}));
  return field_validation::warn;
}

void read_write_options(const query_parameters& query, write_options& out,
                        field_errors& errors) {
  out.field_manager = find_parameter(query, "fieldManager").value_or("");
  check_field_manager(out.field_manager, errors);
  out.dry_run = read_dry_run(all_parameters(query, "dryRun"), errors);
  out.validation = read_field_validation(query, errors);
}

parsed<write_options> parse_write_options(const query_parameters& query,
                                          std::string_view kind) {
  write_options out;
  field_errors errors;
  read_write_options(query, out, errors);
  if (!errors.empty())
    return broken_rules(kind, errors);
  return out;
}

parsed<std::optional<std::uint64_t>>
read_resource_version(const query_parameters& query) {
  const auto text = find_parameter(query, "resourceVersion").value_or("");
  if (text.empty())
    return std::optional<std::uint64_t>{};
  const auto version = parse_unsigned(text);
  if (!version)
    return bad_request("invalid resource version: "
                       + meta::invalid("resourceVersion", meta::quoted(text),
                                       version.error().message)
                             .text());
  return std::optional{*version};
}

constexpr std::string_view match_field = "resourceVersionMatch";

field_errors check_list(const list_options& options, std::string_view match) {
  field_errors errors;
  const auto forbid = [&](std::string_view field, std::string detail) {
    errors.push_back(meta::forbidden(std::string{field}, std::move(detail)));
  };
  if (!match.empty()) {
    if (!options.resource_version)
      forbid(match_field, "resourceVersionMatch is forbidden unless "
                          "resourceVersion is provided");
    if (!options.continue_token.empty())
      forbid(match_field,
             "resourceVersionMatch is forbidden when continue is provided");
    if (options.match == version_match::unset)
      errors.push_back(meta::not_supported(std::string{match_field},
                                           meta::quoted(match),
                                           {"Exact", "NotOlderThan", ""}));
    if (options.match == version_match::exact && options.resource_version == 0u)
      forbid(match_field, "resourceVersionMatch \"exact\" is forbidden for "
                          "resourceVersion \"0\"");
  }
  if (options.send_initial_events)
    forbid("sendInitialEvents", "sendInitialEvents is forbidden for list");
  return errors;
}

field_errors check_watch(const list_options& options, std::string_view match) {
  field_errors errors;
  const auto forbid = [&](std::string detail) {
    errors.push_back(
        meta::forbidden(std::string{match_field}, std::move(detail)));
  };
  if (options.send_initial_events
      && options.match != version_match::not_older_than)
    forbid("sendInitialEvents requires setting resourceVersionMatch to "
           "NotOlderThan");
  if (match.empty())
    return errors;
  if (!options.send_initial_events)
    forbid("resourceVersionMatch is forbidden for watch unless "
           "sendInitialEvents is provided");
  if (options.match != version_match::not_older_than)
    errors.push_back(meta::not_supported(
        std::string{match_field}, meta::quoted(match), {"NotOlderThan"}));
  if (!options.continue_token.empty())
    forbid("resourceVersionMatch is forbidden when continue is provided");
  return errors;
}

version_match to_match(std::string_view text) {
  if (text == "Exact")
    return version_match::exact;
  if (text == "NotOlderThan")
    return version_match::not_older_than;
  return version_match::unset;
}

/// Fills everything that needs no rule; the error is a sentence for a 400.
status_result read_list(const query_parameters& query, list_options& out) {
  const auto text = [&](std::string_view name) {
    return find_parameter(query, name).value_or("");
  };
  auto labels = meta::label_selector::parse(text("labelSelector"));
  if (!labels)
    return labels.error();
  auto fields = meta::field_selector::parse(text("fieldSelector"));
  if (!fields)
    return fields.error();
  auto timeout = integer_parameter(query, "timeoutSeconds");
  if (!timeout)
    return timeout.error();
  auto limit = integer_parameter(query, "limit");
  if (!limit)
    return limit.error();
  out.labels = std::move(*labels);
  out.fields = std::move(*fields);
  out.timeout_seconds = *timeout;
  out.limit = std::max<std::int64_t>(limit->value_or(0), 0);
  out.allow_bookmarks =
      bool_parameter(query, "allowWatchBookmarks").value_or(false);
  out.send_initial_events = bool_parameter(query, "sendInitialEvents");
  out.continue_token = text("continue");
  return unit{};
}

propagation to_propagation(std::string_view text) {
  if (text == "Orphan")
    return propagation::orphan;
  if (text == "Background")
    return propagation::background;
  if (text == "Foreground")
    return propagation::foreground;
  return propagation::unset;
}

/// Applies upstream's rules to what was read.
parsed<delete_options> check_delete(delete_options options,
                                    std::optional<std::string> policy,
                                    const std::vector<std::string>& dry_run) {
  constexpr auto field = "propagationPolicy";
  field_errors errors;
  if (policy) {
    options.policy = to_propagation(*policy);
    if (options.orphan_dependents)
      errors.push_back(meta::invalid(
          field, meta::quoted(*policy),
          "orphanDependents and deletionPropagation cannot be both set"));
    if (options.policy == propagation::unset)
      errors.push_back(
          meta::not_supported(field, meta::quoted(*policy),
                              {"Foreground", "Background", "Orphan", "nil"}));
  }
  options.dry_run = read_dry_run(dry_run, errors);
  if (!errors.empty())
    return broken_rules("DeleteOptions", errors);
  return options;
}

std::optional<std::string> optional_text(const codec::node* value) {
  if (value == nullptr || !value->is(codec::node_kind::string))
    return std::nullopt;
  return std::string{value->string()};
}

} // namespace

parsed<list_options> parse_list_options(const query_parameters& query,
                                        bool watch) {
  list_options out;
  if (auto read = read_list(query, out); !read)
    return bad_request(read.error().message);
  out.watch = watch || bool_parameter(query, "watch").value_or(false);
  auto version = read_resource_version(query);
  if (!version)
    return version.error();
  out.resource_version = *version;
  auto match = find_parameter(query, match_field).value_or("");
  // A watch from nowhere in particular begins with what there is, and says
  // where that ends.
  if (out.watch && !out.send_initial_events && match.empty()
      && out.resource_version.value_or(0) == 0) {
    out.send_initial_events = true;
    match = "NotOlderThan";
  }
  out.match = to_match(match);
  const auto errors =
      out.watch ? check_watch(out, match) : check_list(out, match);
  if (!errors.empty())
    return broken_rules("ListOptions", errors);
  if (!out.watch && !out.continue_token.empty()
      && out.resource_version.value_or(0) != 0)
    return bad_request(
        "specifying resource version is not allowed when using continue");
  return out;
}

parsed<std::optional<std::uint64_t>>
parse_get_options(const query_parameters& query) {
  if (bool_parameter(query, "export").value_or(false))
    return bad_request("the export parameter, deprecated since v1.14, is no "
                       "longer supported");
  return read_resource_version(query);
}

std::optional<status> check_fields(const meta::field_selector& selector,
                                   const schema::resource_desc& resource) {
  const auto known = resource.selectable;
  const bool only_metadata =
      std::all_of(known.begin(), known.end(), [](const auto& field) {
        return field.label == "metadata.name"
               || field.label == "metadata.namespace";
      });
  for (const auto& one : selector.requirements()) {
    if (std::any_of(known.begin(), known.end(),
                    [&](const auto& field) { return field.label == one.name; }))
      continue;
    if (only_metadata)
      return bad_request(meta::quoted(one.name)
                         + " is not a known field selector: only "
                           "\"metadata.name\", \"metadata.namespace\"");
    return bad_request("field label not supported: " + one.name);
  }
  return std::nullopt;
}

meta::field_selector stored_fields(const meta::field_selector& selector,
                                   const schema::resource_desc& resource) {
  auto all = selector.requirements();
  for (auto& one : all)
    for (const auto& field : resource.selectable)
      if (field.label == one.name && !field.stored.empty()) {
        one.name = field.stored;
        break;
      }
  return meta::field_selector{std::move(all)};
}

parsed<write_options> parse_create_options(const query_parameters& query) {
  return parse_write_options(query, "CreateOptions");
}

parsed<write_options> parse_update_options(const query_parameters& query) {
  return parse_write_options(query, "UpdateOptions");
}

parsed<patch_options> parse_patch_options(const query_parameters& query,
                                          bool apply) {
  patch_options out;
  field_errors errors;
  const auto force = bool_parameter(query, "force");
  if (!apply && force)
    errors.push_back(
        meta::forbidden("force", "may not be specified for non-apply patch"));
  if (apply && find_parameter(query, "fieldManager").value_or("").empty())
    errors.push_back(
        meta::required("fieldManager", "is required for apply patch"));
  read_write_options(query, out, errors);
  if (!errors.empty())
    return broken_rules("PatchOptions", errors);
  out.force = force.value_or(false);
  return out;
}

parsed<delete_options> parse_delete_options(const query_parameters& query) {
  delete_options out;
  auto grace = integer_parameter(query, "gracePeriodSeconds");
  if (!grace)
    return bad_request(grace.error().message);
  out.grace_period_seconds = *grace;
  out.orphan_dependents = bool_parameter(query, "orphanDependents");
  const auto precondition = [&](std::string_view name) {
    const auto text = find_parameter(query, name).value_or("");
    return text.empty() ? std::nullopt : std::optional<std::string>{text};
  };
  out.uid = precondition("uid");
  out.resource_version = precondition("resourceVersion");
  std::optional<std::string> policy;
  if (auto text = find_parameter(query, "propagationPolicy"))
    policy = *text;
  return check_delete(std::move(out), std::move(policy),
                      all_parameters(query, "dryRun"));
}

parsed<delete_options> parse_delete_options(const codec::document& body) {
  const auto at = [&](std::string_view path) {
    return codec::find_path(body.root(), body.type(), path);
  };
  delete_options out;
  if (auto* grace = at("gracePeriodSeconds");
      grace != nullptr && grace->is(codec::node_kind::integer))
    out.grace_period_seconds = grace->integer();
  if (auto* orphan = at("orphanDependents");
      orphan != nullptr && orphan->is(codec::node_kind::boolean))
    out.orphan_dependents = orphan->boolean();
  out.uid = optional_text(at("preconditions.uid"));
  out.resource_version = optional_text(at("preconditions.resourceVersion"));
  std::vector<std::string> dry_run;
  if (auto* values = at("dryRun");
      values != nullptr && values->is(codec::node_kind::list))
    for (auto* value : values->items())
      dry_run.emplace_back(value->string_or(""));
  return check_delete(std::move(out), optional_text(at("propagationPolicy")),
                      dry_run);
}

} // namespace troupe::api
