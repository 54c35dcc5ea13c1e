#include "messages/codec/json.hpp"
#include "messages/codec/managed/field_manager.hpp"
#include "messages/schema/registry.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::codec;

// One object that two versions of its kind write: each entry names fields as
// its own version does, and who writes takes them from the other.

namespace {

const schema::type_desc& event_type() {
  return *schema::find_resource("", "v1", "events")->type;
}

document read(std::string_view json) {
  auto made = decode_json(json, &event_type());
  REQUIRE(made);
  return std::move(made->doc);
}

field_write write_of(std::string_view manager, std::string_view version) {
  return {manager, version, "Event", "", wall_time{}, nullptr};
}

std::string managed(const document& object) {
  std::string out;
  const auto* list =
      find_path(object.root(), object.type(), "metadata.managedFields");
  if (list == nullptr)
    return out;
  const auto* type = object.type()->find("metadata")->object;
  const auto* entry = type->find("managedFields")->object;
  for (const auto* item : list->items())
    for (const auto* name : {"manager", "apiVersion", "fieldsV1"}) {
      const auto* value = item->find(entry->find(name)->id);
      out += value->is(node_kind::string) ? std::string{value->string()}
                                          : encode_json(*value, nullptr);
      out += *name == 'f' ? "\n" : " ";
    }
  return out;
}

} // namespace

TEST_CASE("entries keep the names of the version that wrote them") {
  auto first = read(R"({"message":"a","reason":"R"})");
  update_managed_fields(nullptr, first, write_of("old", "v1"));
  auto second = first.clone();
  second.set(second.root(), event_type().find("message")->id,
             second.make_string("b"));
  second.set(second.root(), event_type().find("count")->id,
             second.make_integer(2));
  update_managed_fields(&first, second, write_of("new", "events.k8s.io/v1"));
  CHECK(managed(second)
        == "new events.k8s.io/v1 {\"f:deprecatedCount\":{},\"f:note\":{}}\n"
           "old v1 {\"f:reason\":{}}\n");
}

TEST_CASE("an applier may go on in another version") {
  const auto apply = [](const document* live, std::string_view config,
                        std::string_view version) {
    auto out = apply_fields(live, read(config), write_of("me", version), false);
    REQUIRE(std::holds_alternative<applied>(out));
    return std::move(std::get<applied>(out).object);
  };
  const auto first =
      apply(nullptr, R"({"message":"a","reason":"R"})", "events.k8s.io/v1");
  CHECK(managed(first)
        == "me events.k8s.io/v1 {\"f:note\":{},\"f:reason\":{}}\n");
  const auto second = apply(&first, R"({"message":"a"})", "v1");
  CHECK(managed(second) == "me v1 {\"f:message\":{}}\n");
  CHECK(second.root().find(event_type().find("reason")->id) == nullptr);
}

TEST_CASE("a conflict is one whatever the versions are") {
  auto live = read(R"({"message":"a"})");
  update_managed_fields(nullptr, live, write_of("other", "events.k8s.io/v1"));
  const auto out = apply_fields(&live, read(R"({"message":"b"})"),
                                write_of("me", "v1"), false);
  REQUIRE(std::holds_alternative<apply_conflicts>(out));
  const auto& found = std::get<apply_conflicts>(out).conflicts;
  REQUIRE(found.size() == 1);
  CHECK(found[0].owner.api_version == "events.k8s.io/v1");
}
