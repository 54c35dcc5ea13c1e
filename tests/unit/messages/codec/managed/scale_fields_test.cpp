#include "messages/codec/managed/scale_fields.hpp"

#include <catch2/catch.hpp>

using namespace troupe::codec;

namespace {

managed_entry owned(managed_operation operation, std::string manager,
                    std::string api_version,
                    std::initializer_list<std::string> below_spec) {
  managed_entry out;
  out.owner = {operation, std::move(manager), std::move(api_version), ""};
  out.time = "2026-01-01T00:00:00Z";
  for (const auto& name : below_spec)
    out.fields.insert({field_step("spec"), field_step(name)});
  return out;
}

constexpr auto apply = managed_operation::apply;
constexpr auto update = managed_operation::update;

} // namespace

TEST_CASE("a Scale shows who owns the replicas, and nothing else") {
  const managed_entries object{
      owned(apply, "a", "apps/v1", {"replicas", "paused"}),
      owned(update, "b", "apps/v1", {"paused"}),
  };
  CHECK(to_scale_entries(object)
        == managed_entries{owned(apply, "a", "autoscaling/v1", {"replicas"})});
}

TEST_CASE("what owns the replicas of a Scale owns those of the object") {
  const managed_entries object{
      owned(apply, "a", "apps/v1", {"replicas", "paused"}),
      owned(update, "b", "apps/v1", {"replicas"}),
      owned(update, "c", "apps/v1", {"paused"}),
  };
  SECTION("who stays an owner keeps its entry") {
    CHECK(from_scale_entries(object, to_scale_entries(object), "apps/v1")
          == object);
  }
  SECTION("who lost them loses them, and entries without anything go") {
    const managed_entries scale{
        owned(apply, "d", "autoscaling/v1", {"replicas"})};
    CHECK(from_scale_entries(object, scale, "apps/v1")
          == managed_entries{owned(apply, "a", "apps/v1", {"paused"}),
                             owned(update, "c", "apps/v1", {"paused"}),
                             owned(apply, "d", "apps/v1", {"replicas"})});
  }
  SECTION("who owns more on the object goes on owning that") {
    const managed_entries scale{
        owned(update, "c", "autoscaling/v1", {"replicas"})};
    CHECK(from_scale_entries(object, scale, "apps/v1")
          == managed_entries{
              owned(apply, "a", "apps/v1", {"paused"}),
              owned(update, "c", "apps/v1", {"paused", "replicas"})});
  }
  SECTION("other fields of a Scale are nobody's") {
    const managed_entries scale{
        owned(update, "d", "autoscaling/v1", {"other"})};
    CHECK(from_scale_entries(object, scale, "apps/v1")
          == managed_entries{owned(apply, "a", "apps/v1", {"paused"}),
                             owned(update, "c", "apps/v1", {"paused"})});
  }
}
