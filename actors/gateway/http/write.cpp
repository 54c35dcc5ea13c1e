#include "actors/gateway/http/write.hpp"

#include "actors/gateway/http/body.hpp"
#include "actors/gateway/http/freshness.hpp"
#include "actors/gateway/http/object_text.hpp"
#include "actors/gateway/http/read.hpp"

namespace troupe::gateway {

namespace {

field_validation to_validation(api::field_validation value) {
  switch (value) {
    case api::field_validation::ignore:
      return field_validation::ignore;
    case api::field_validation::warn:
      return field_validation::warn;
    case api::field_validation::strict:
      return field_validation::strict;
  }
  return field_validation::warn;
}

object_call make_call(const exchange& from) {
  object_call out;
  out.user = from.user;
  out.resource = &from.resource->desc.storage();
  out.shown = &from.resource->desc;
  if (from.subresource != nullptr)
    out.subresource = from.subresource->name;
  out.ns = from.ns;
  out.name = from.name;
  out.deadline = from.store_deadline();
  return out;
}

object_call make_call(const exchange& from, const api::write_options& options) {
  auto out = make_call(from);
  out.dry_run = options.dry_run;
  out.field_manager =
      options.field_manager.empty()
          ? manager_of(find_header(from.request.headers, "User-Agent"))
          : options.field_manager;
  out.validation = to_validation(options.validation);
  return out;
}

expected_body expected_of(const exchange& call) {
  if (call.subresource != nullptr)
    return {call.subresource->type, call.subresource->kind};
  return {call.resource->desc.type, call.resource->desc.kind};
}

std::string api_version_of(const schema::group_version_kind& kind) {
  std::string out{kind.group};
  return out.append(kind.group.empty() ? "" : "/").append(kind.version);
}

/// What the client sees of a write.
void show(const exchange_ptr& call, const response_form& form,
          object_answer answer) {
  call->warnings.insert(call->warnings.end(), answer.warnings.begin(),
                        answer.warnings.end());
  if (!answer.status.success)
    return call->fail(answer.status);
  if (!answer.object)
    return call->answer_json(answer.code, form.format,
                             api::to_json(answer.status));
  auto& service = *call->shared;
  const bool scale = answer.object->type() == served_scale().desc.type;
  const object_text text{scale ? served_scale() : *call->resource,
                         service.cache, form, service.ports.wall_now()};
  const auto expected = expected_of(*call);
  const bool of_subresource = answer.object->type() == expected.type;
  const auto& kind = of_subresource ? expected.kind : call->resource->desc.kind;
  bytes body;
  text.append(body, *answer.object, api_version_of(kind), kind.kind,
              store::revision{answer.revision});
  call->answer_json(answer.code, form.format, std::move(body));
}

object_done show_later(const exchange_ptr& call, const response_form& form) {
  return [call, form](object_answer answer) {
    show(call, form, std::move(answer));
  };
}

using write_step = void (object_writer::*)(object_call, codec::document,
                                           object_done);

/// Decodes the body and hands it on.
void write_body(const exchange_ptr& call,
                const api::parsed<api::write_options>& options,
                write_step step) {
  const auto form = negotiate(call->request, endpoint::object);
  if (!form)
    return call->fail(form.error());
  if (!options)
    return call->fail(options.error());
  auto body = decode_body(call->request, expected_of(*call),
                          call->shared->config.body_size_max);
  if (!body)
    return call->fail(body.error());
  auto write = make_call(*call, *options);
  write.problems = std::move(body->problems);
  (call->shared->ports.writer->*step)(std::move(write), std::move(body->doc),
                                      show_later(call, *form));
}

std::string_view to_text(api::propagation policy) {
  switch (policy) {
    case api::propagation::orphan:
      return "Orphan";
    case api::propagation::background:
      return "Background";
    case api::propagation::foreground:
      return "Foreground";
    case api::propagation::unset:
      break;
  }
  return {};
}

delete_call to_delete_call(const api::delete_options& options) {
  delete_call out;
  out.propagation_policy = to_text(options.policy);
  // The older spelling of the same choice.
  if (out.propagation_policy.empty() && options.orphan_dependents)
    out.propagation_policy =
        *options.orphan_dependents ? "Orphan" : "Background";
  out.grace_period_seconds = options.grace_period_seconds;
  out.uid = options.uid.value_or("");
  out.resource_version = options.resource_version.value_or("");
  return out;
}

/// The last segment of each key: names in one namespace.
std::vector<std::string> names_of(const list_page& page) {
  std::vector<std::string> out;
  for (const auto& [key, version] : page.items)
    out.push_back(key.substr(key.rfind('/') + 1));
  return out;
}

/// Removes what the list holds, then shows it as it was.
void remove_all(const exchange_ptr& call, const list_job& job,
                const api::delete_options& options,
                const store::store_snapshot& view) {
  auto part = read_part(job, view);
  if (!part)
    return call->fail(part.error());
  auto names = names_of(part->page);
  auto removal = make_call(*call);
  removal.deadline = call->deadline; // they may be many
  removal.dry_run = options.dry_run;
  call->shared->ports.writer->remove_collection(
      std::move(removal), to_delete_call(options), std::move(names),
      [call, form = job.form,
       part = std::move(*part)](const object_answer& answer) {
        if (!answer.status.success)
          return call->fail(answer.status);
        call->run([call, form, part] { show_part(call, form, part); });
      });
}

} // namespace

std::string manager_of(std::string_view user_agent) {
  std::string out;
  for (char c : user_agent.substr(0, user_agent.find('/')))
    if (c >= 0x20 && c < 0x7f && out.size() < api::field_manager_length_max)
      out += c;
  return out.empty() ? "unknown" : out;
}

void create_object(const exchange_ptr& call) {
  write_body(call, api::parse_create_options(call->request.query),
             &object_writer::create);
}

void update_object(const exchange_ptr& call) {
  write_body(call, api::parse_update_options(call->request.query),
             &object_writer::update);
}

void patch_object(const exchange_ptr& call) {
  const auto form = negotiate(call->request, endpoint::object);
  if (!form)
    return call->fail(form.error());
  const auto kind =
      read_patch_kind(call->request, call->shared->config.body_size_max);
  if (!kind)
    return call->fail(kind.error());
  const auto options =
      api::parse_patch_options(call->request.query, *kind == patch_kind::apply);
  if (!options)
    return call->fail(options.error());
  call->shared->ports.writer->patch(make_call(*call, *options), *kind,
                                    call->request.body, options->force,
                                    show_later(call, *form));
}

void delete_object(const exchange_ptr& call) {
  const auto form = negotiate(call->request, endpoint::object);
  if (!form)
    return call->fail(form.error());
  const auto options =
      read_delete_options(call->request, call->shared->config.body_size_max);
  if (!options)
    return call->fail(options.error());
  auto removal = make_call(*call);
  removal.dry_run = options->dry_run;
  call->shared->ports.writer->remove(
      std::move(removal), to_delete_call(*options), show_later(call, *form));
}

void delete_objects(const exchange_ptr& call) {
  auto job = plan_list(*call);
  if (!job)
    return call->fail(job.error());
  auto options =
      read_delete_options(call->request, call->shared->config.body_size_max);
  if (!options)
    return call->fail(options.error());
  with_list(call, std::move(*job),
            [call, options = std::move(*options)](
                const list_job& asked, const store::store_snapshot& view) {
              remove_all(call, asked, options, view);
            });
}

} // namespace troupe::gateway
