#include "actors/gateway/http/read.hpp"

#include "actors/gateway/http/continue_token.hpp"
#include "actors/gateway/http/freshness.hpp"
#include "actors/gateway/http/object_text.hpp"
#include "actors/gateway/object/scale.hpp"
#include "actors/gateway/object/storage.hpp"

#include <algorithm>

namespace troupe::gateway {

namespace {

constexpr std::string_view unreadable = "a stored object cannot be read";

constexpr std::string_view inconsistent_text =
    "The provided continue parameter is too old to display a consistent list "
    "result. You can start a new list without the continue parameter, or use "
    "the continue token in this response to retrieve the remainder of the "
    "results. Continuing with the provided token results in an inconsistent "
    "list - objects that were created, modified, or deleted between the time "
    "the first chunk was returned and now may show up in the list.";

void show_object(const exchange_ptr& call, const response_form& form,
                 const store::store_snapshot& view) {
  const auto& desc = call->resource->desc;
  const auto version =
      view.get(object_key(desc.storage(), call->ns, call->name));
  if (!version)
    return call->fail(
        api::not_found({desc.kind.group, desc.plural}, call->name));
  auto& service = *call->shared;
  object_text text{*call->resource, service.cache, form,
                   service.ports.wall_now()};
  bytes body;
  if (!text.append(body, version, version->modified))
    return call->fail(api::internal_error(std::string{unreadable}));
  call->answer_json(200, form.format, std::move(body));
}

/// The Scale of the object that the call names.
void show_scale(const exchange_ptr& call, const response_form& form,
                const store::store_snapshot& view) {
  const auto& desc = call->resource->desc.storage();
  const auto version = view.get(object_key(desc, call->ns, call->name));
  if (!version)
    return call->fail(no_scale(desc, call->name));
  const auto object = decode_version(*version, desc);
  if (!object)
    return call->fail(api::internal_error(std::string{unreadable}));
  auto& service = *call->shared;
  const auto& shown = served_scale();
  const object_text text{shown, service.cache, form, service.ports.wall_now()};
  bytes body;
  text.append(body, scale_of(*object, desc), shown.api_version,
              shown.desc.kind.kind, version->modified);
  call->answer_json(200, form.format, std::move(body));
}

api::status expired_list(const list_job& job) {
  if (!job.continued)
    return api::expired("The resourceVersion for the provided list is too "
                        "old.");
  auto out = api::expired(std::string{inconsistent_text});
  out.continue_token = encode_continue({0, true, job.query.start});
  return out;
}

/// Where a list goes on: at the token's revision, or at the newest.
std::optional<api::status> apply_continue(const std::string& text,
                                          list_job& job) {
  auto token = decode_continue(text);
  if (!token)
    return api::bad_request("invalid continue token: " + token.error().message);
  job.continued = true;
  job.query.start = std::move(token->start);
  job.fresh.reset();
  if (token->latest)
    return std::nullopt;
  job.exact = store::revision{token->revision};
  job.fresh = token->revision;
  return std::nullopt;
}

/// Kubernetes documentation, "Semantics for get and list".
bool is_exact(const api::list_options& options) {
  if (options.resource_version.value_or(0) == 0)
    return false;
  return options.match == api::version_match::exact
         || (options.match == api::version_match::unset && options.limit > 0);
}

} // namespace

key_scope scope_of(const exchange& call, const meta::field_selector& fields) {
  const auto& desc = call.resource->desc.storage();
  auto ns = call.ns;
  if (desc.namespaced && ns.empty())
    if (const auto pinned = fields.exact("metadata.namespace"))
      ns = *pinned;
  key_scope out{list_prefix(desc, ns), std::nullopt};
  const auto name = fields.exact("metadata.name");
  // Without a namespace the name alone is no key.
  if (name && !name->empty() && name->find('/') == std::string_view::npos
      && (!desc.namespaced || !ns.empty()))
    out.only = object_key(desc, ns, *name);
  return out;
}

api::parsed<api::list_options> read_list_options(const exchange& call,
                                                 bool watch) {
  auto options = api::parse_list_options(call.request.query, watch);
  if (!options)
    return options;
  if (auto refused = api::check_fields(options->fields, call.resource->desc))
    return *refused;
  options->fields = api::stored_fields(options->fields, call.resource->desc);
  if (call.name.empty())
    return options;
  if (!options->fields.selects_everything()
      && options->fields.exact("metadata.name") != call.name)
    return api::bad_request("fieldSelector metadata.name doesn't match "
                            "requested name");
  auto all = options->fields.requirements();
  all.push_back({"metadata.name", call.name, true});
  options->fields = meta::field_selector{std::move(all)};
  return options;
}

void get_object(const exchange_ptr& call) {
  const auto form = negotiate(call->request, endpoint::object);
  if (!form)
    return call->fail(form.error());
  const auto version = api::parse_get_options(call->request.query);
  if (!version)
    return call->fail(version.error());
  const bool scale =
      call->subresource != nullptr && call->subresource->name == "scale";
  with_fresh(call, *version,
             [call, form = *form, scale](const snapshot_ptr& view) {
               if (scale)
                 show_scale(call, form, *view);
               else
                 show_object(call, form, *view);
             });
}

api::parsed<list_job> plan_list(const exchange& call) {
  auto form = negotiate(call.request, endpoint::list);
  if (!form)
    return form.error();
  auto options = read_list_options(call, false);
  if (!options)
    return options.error();
  list_job job;
  job.form = *form;
  if (const auto seconds = options->timeout_seconds.value_or(0); seconds > 0)
    job.timeout = std::chrono::seconds{std::min<std::int64_t>(seconds, 3600)};
  auto scope = scope_of(call, options->fields);
  job.query.prefix = std::move(scope.prefix);
  job.query.only = std::move(scope.only);
  job.query.limit = static_cast<std::size_t>(options->limit);
  job.fresh = options->resource_version;
  if (is_exact(*options))
    job.exact = store::revision{*options->resource_version};
  if (!options->continue_token.empty())
    if (auto refused = apply_continue(options->continue_token, job))
      return *refused;
  job.query.labels = std::move(options->labels);
  job.query.fields = std::move(options->fields);
  return job;
}

void with_list(
    const exchange_ptr& call, list_job job,
    std::function<void(const list_job&, const store::store_snapshot&)> then) {
  if (job.timeout)
    call->deadline = std::min(call->deadline, call->started + *job.timeout);
  const auto fresh = job.fresh;
  with_fresh(call, fresh,
             [job = std::move(job), then = std::move(then)](
                 const snapshot_ptr& view) { then(job, *view); });
}

api::parsed<list_part> read_part(list_job job,
                                 const store::store_snapshot& view) {
  job.query.at = job.exact.value_or(view.applied());
  if (view.gap(job.query.at))
    return expired_list(job);
  list_part out;
  out.page = read_page(view, job.query);
  out.metadata = {job.query.at, {}, out.page.remaining};
  if (!out.page.next.empty())
    out.metadata.continue_token =
        encode_continue({job.query.at.value(), false, out.page.next});
  return out;
}

void show_part(const exchange_ptr& call, const response_form& form,
               const list_part& part) {
  auto& service = *call->shared;
  object_text text{*call->resource, service.cache, form,
                   service.ports.wall_now()};
  bytes body;
  if (!text.append_list(body, part.page, part.metadata))
    return call->fail(api::internal_error(std::string{unreadable}));
  call->answer_json(200, form.format, std::move(body));
}

void list_objects(const exchange_ptr& call) {
  auto job = plan_list(*call);
  if (!job)
    return call->fail(job.error());
  with_list(call, std::move(*job),
            [call](const list_job& asked, const store::store_snapshot& view) {
              const auto part = read_part(asked, view);
              if (!part)
                return call->fail(part.error());
              show_part(call, asked.form, *part);
            });
}

} // namespace troupe::gateway
