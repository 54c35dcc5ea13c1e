#include "messages/api/status.hpp"
#include "messages/codec/validate/object_ids.hpp"
#include "runtime/control/object_meta.hpp"
#include "runtime/control/plan.hpp"
#include "runtime/control/write_request.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::control;

namespace {

codec::document named(std::string_view name) {
  codec::document out{stored_resource("", "configmaps")->type};
  auto& metadata = out.object_at(out.root(), codec::metadata_id);
  out.set(metadata, codec::object_meta::name, out.make_string(name));
  out.set(metadata, codec::object_meta::uid, out.make_string("u1"));
  out.set(metadata, codec::object_meta::resource_version,
          out.make_string("12"));
  return out;
}

} // namespace

TEST_CASE("plan: actions are values that compare by content") {
  const auto one = update_of("core/configmaps/a/x", named("x"), "why");
  const auto same = update_of("core/configmaps/a/x", named("x"), "why");
  CHECK(one == same);
  CHECK_FALSE(one == update_of("core/configmaps/a/x", named("y"), "why"));
  CHECK_FALSE(one == update_of("core/configmaps/a/x", named("x"), "other"));
  auto confirmed = same;
  confirmed.confirm = true;
  CHECK_FALSE(one == confirmed);
  CHECK_FALSE(plan{{one}}.needs_confirmation());
  CHECK(plan{{one, confirmed}}.needs_confirmation());
}

TEST_CASE("plan: an action explains itself on one line") {
  auto change = update_of("core/namespaces/a", named("a"), "it is empty");
  change.subresource = "finalize";
  CHECK(to_string(change)
        == "update core/namespaces/a finalize uid=u1 @12: it is empty");
  store::columns columns;
  columns.uid = "u2";
  const store::version seen{store::revision{3},
                            store::revision{4},
                            {},
                            make_shared_bytes(""),
                            std::make_shared<store::columns>(columns)};
  auto removal = removal_of("core/configmaps/a/x", seen, "Background", "gone");
  removal.confirm = true;
  CHECK(to_string(removal)
        == "delete core/configmaps/a/x Background uid=u2 @4 confirm: gone");
}

TEST_CASE("plan: one that only waits does nothing now, and says until when") {
  plan waits;
  waits.again_at = wall_time{std::chrono::seconds{1'767'225'600}};
  CHECK(waits.empty());
  CHECK_FALSE(waits == plan{});
  CHECK(to_string(waits) == "again at 2026-01-01T00:00:00Z\n");
}

TEST_CASE("plan: an action becomes a request in the controller's name") {
  auto change = update_of("core/configmaps/a/x", named("x"), "why");
  const auto request = to_request(change, "garbage-collector");
  CHECK(request.user.name == "system:controller:garbage-collector");
  CHECK(request.verb == api::verb::update);
  CHECK(request.target == api::target{"", "v1", "configmaps", "", "a", "x"});
  CHECK(request.uid == "u1");
  CHECK(request.resource_version == "12");
  CHECK(request.body == change.body);
}

TEST_CASE("plan: what an answer means") {
  action create;
  create.kind = action_kind::create;
  action removal;
  removal.kind = action_kind::remove;
  const auto answered = [](int code) {
    api::response out;
    out.status.code = code;
    return out;
  };
  api::response well;
  well.status.success = true;
  CHECK(judge(create, well) == verdict::done);
  CHECK(judge(removal, answered(404)) == verdict::done);
  CHECK(judge(create, answered(404)) == verdict::outdated);
  CHECK(judge(create, answered(409)) == verdict::outdated);
  CHECK(judge(create, answered(503)) == verdict::unknown);
  CHECK(judge(create, answered(504)) == verdict::unknown);
  CHECK(judge(create, answered(403)) == verdict::refused);
  CHECK(judge(create, answered(422)) == verdict::refused);
}
