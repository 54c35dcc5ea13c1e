#include "actors/gateway/object/object_writer.hpp"

#include "actors/gateway/object/apply.hpp"
#include "actors/gateway/object/bind.hpp"
#include "actors/gateway/object/create.hpp"
#include "actors/gateway/object/identity.hpp"
#include "actors/gateway/object/patch.hpp"
#include "actors/gateway/object/remove.hpp"
#include "actors/gateway/object/remove_collection.hpp"
#include "actors/gateway/object/scale.hpp"
#include "actors/gateway/object/scale_write.hpp"
#include "actors/gateway/object/strictness.hpp"
#include "actors/gateway/object/unstored.hpp"
#include "actors/gateway/object/update.hpp"
#include "actors/gateway/object/versions.hpp"

namespace troupe::gateway {

namespace {

/// What the loop needs of a call, before the plan takes the call.
write_task task_of(const object_call& call) {
  write_task out;
  out.deadline = call.deadline;
  out.dry_run = call.dry_run;
  out.attempts_max = write_attempts_max;
  if (call.fence)
    out.fence =
        store::fence{call.fence->name, store::revision{call.fence->epoch}};
  out.conflict = api::modified(call.group_resource(), call.name);
  return out;
}

checked<write_step> plan_answer(std::shared_ptr<const unstored_kinds> kinds,
                                object_call call, codec::document body) {
  if (auto why = refuse_problems(call))
    return std::move(*why);
  if (auto why = settle_namespace(call, body))
    return std::move(*why);
  auto warnings = warnings_of(call, call.problems);
  auto shared = std::make_shared<const codec::document>(std::move(body));
  return write_step{
      [kinds = std::move(kinds), call = std::move(call), shared,
       warnings = std::move(warnings)](const auto& state, const stamps& given) {
        write_decision out;
        out.answer = kinds->answer(call, *shared, state, given);
        add_first(out.answer, warnings);
        return out;
      }};
}

void run(const writer_ports& ports, write_task task, checked<write_step> plan,
         object_done done) {
  if (!plan)
    return done(refuse(std::move(plan.error())));
  task.step = std::move(*plan);
  run_write(ports, std::move(task), std::move(done));
}

} // namespace

object_writer::object_writer(writer_ports ports) : ports_{std::move(ports)} {
  TROUPE_CHECK(ports_.store != nullptr, "writes go to a store");
  TROUPE_CHECK(ports_.wall_now && ports_.mono_now, "time is an input");
  TROUPE_CHECK(ports_.random_id, "randomness is an input");
}

void object_writer::create(object_call call, codec::document body,
                           object_done done) {
  call.pods = ports_.pods;
  body = as_stored(call, std::move(body));
  auto task = task_of(call);
  const auto plan = [&] {
    if (ports_.unstored != nullptr && ports_.unstored->has(call))
      return plan_answer(ports_.unstored, std::move(call), std::move(body));
    if (is_binding(call))
      return plan_bind(std::move(call), std::move(body));
    return plan_create(std::move(call), std::move(body));
  };
  run(ports_, std::move(task), plan(), std::move(done));
}

void object_writer::update(object_call call, codec::document body,
                           object_done done) {
  call.pods = ports_.pods;
  body = as_stored(call, std::move(body));
  auto task = task_of(call);
  auto plan = is_scale(call)
                  ? plan_scale_update(std::move(call), std::move(body))
                  : plan_update(std::move(call), std::move(body));
  run(ports_, std::move(task), std::move(plan), std::move(done));
}

void object_writer::patch(object_call call, patch_kind kind, bytes patch,
                          bool force, object_done done) {
  call.pods = ports_.pods;
  auto task = task_of(call);
  task.attempts_max = patch_attempts_max;
  const auto plan = [&]() -> checked<write_step> {
    if (is_scale(call) && kind == patch_kind::apply)
      return plan_scale_apply(std::move(call), std::move(patch), force);
    if (is_scale(call))
      return plan_scale_patch(std::move(call), kind, std::move(patch));
    if (kind == patch_kind::apply)
      return plan_apply(std::move(call), std::move(patch), force);
    return plan_patch(std::move(call), kind, std::move(patch));
  };
  run(ports_, std::move(task), plan(), std::move(done));
}

void object_writer::remove(object_call call, delete_call options,
                           object_done done) {
  auto task = task_of(call);
  run(ports_, std::move(task), plan_remove(std::move(call), std::move(options)),
      std::move(done));
}

void object_writer::remove_collection(object_call call, delete_call options,
                                      std::vector<std::string> names,
                                      object_done done) {
  run_removals(*this, std::move(call), std::move(options), std::move(names),
               std::move(done));
}

} // namespace troupe::gateway
