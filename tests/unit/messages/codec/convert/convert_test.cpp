#include "messages/codec/convert/convert.hpp"
#include "messages/codec/convert/names.hpp"
#include "messages/codec/json.hpp"
#include "messages/schema/registry.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <functional>

using namespace troupe;
using namespace troupe::codec;

namespace {

const schema::resource_desc& resource(std::string_view group) {
  return *schema::find_resource(group, "v1", "events");
}

document read(std::string_view json, const schema::resource_desc& of) {
  auto made = decode_json(json, of.type);
  REQUIRE(made);
  REQUIRE(made->problems.empty());
  return std::move(made->doc);
}

/// Every field of an Event, in both versions.
constexpr std::string_view stored_text =
    R"({"metadata":{"name":"web.1","namespace":"a","labels":{"b":"c"}},)"
    R"("involvedObject":{"kind":"Pod","namespace":"a","name":"web",)"
    R"("fieldPath":"spec"},"reason":"Started","message":"up",)"
    R"("source":{"component":"editor","host":"desk"},)"
    R"("firstTimestamp":"2026-01-02T03:04:05Z",)"
    R"("lastTimestamp":"2026-01-02T03:04:06Z","count":3,"type":"Normal",)"
    R"("eventTime":"2026-01-02T03:04:05.000006Z",)"
    R"("series":{"count":4,"lastObservedTime":"2026-01-02T03:04:07.000000Z"},)"
    R"("action":"Start","related":{"name":"node"},)"
    R"("reportingComponent":"agent","reportingInstance":"agent-1"})";
constexpr std::string_view shown_text =
    R"({"metadata":{"name":"web.1","namespace":"a","labels":{"b":"c"}},)"
    R"("eventTime":"2026-01-02T03:04:05.000006Z",)"
    R"("series":{"count":4,"lastObservedTime":"2026-01-02T03:04:07.000000Z"},)"
    R"("reportingController":"agent","reportingInstance":"agent-1",)"
    R"("action":"Start","reason":"Started",)"
    R"("regarding":{"kind":"Pod","namespace":"a","name":"web",)"
    R"("fieldPath":"spec"},"related":{"name":"node"},"note":"up",)"
    R"("type":"Normal","deprecatedSource":{"component":"editor",)"
    R"("host":"desk"},"deprecatedFirstTimestamp":"2026-01-02T03:04:05Z",)"
    R"("deprecatedLastTimestamp":"2026-01-02T03:04:06Z","deprecatedCount":3})";

/// Visits pairs of types that a shown and a stored version use in one place.
void each_pair(const schema::type_desc& shown, const schema::type_desc& stored,
               const std::function<void(const schema::type_desc&,
                                        const schema::type_desc&)>& visit) {
  if (&shown == &stored)
    return;
  visit(shown, stored);
  for (const auto& field : shown.fields)
    if (const auto* other =
            counterpart(field, stored, version_change::to_stored);
        other != nullptr && field.object != nullptr && other->object != nullptr)
      each_pair(*field.object, *other->object, visit);
}

} // namespace

TEST_CASE("an Event in both versions says the same") {
  const auto& shown = resource("events.k8s.io");
  const auto stored = read(stored_text, shown.storage());
  const auto converted = to_shown(stored, shown);
  CHECK(converted.type() == shown.type);
  CHECK(encode_json(converted.root(), converted.type()) == shown_text);
  CHECK(equal(read(shown_text, shown).root(), converted.root()));
  const auto back = to_stored(converted, shown);
  CHECK(back.type() == shown.storage().type);
  CHECK(equal(back.root(), stored.root()));
}

TEST_CASE("what is not there is not there in the other version") {
  const auto& shown = resource("events.k8s.io");
  const auto partial = read(R"({"note":"a"})", shown);
  CHECK(equal(to_stored(partial, shown).root(),
              read(R"({"message":"a"})", shown.storage()).root()));
}

TEST_CASE("the stored version converts to itself") {
  const auto& stored = resource("");
  const auto object = read(stored_text, stored);
  CHECK(equal(to_shown(object, stored).root(), object.root()));
  CHECK(equal(to_stored(object, stored).root(), object.root()));
}

TEST_CASE("a version is found by the apiVersion of the stored type") {
  const auto& stored = *resource("").type;
  CHECK(shown_version(stored, "events.k8s.io/v1")
        == &resource("events.k8s.io"));
  CHECK(shown_version(stored, "v1") == nullptr);
  CHECK(shown_version(stored, "events.k8s.io/v9") == nullptr);
  CHECK(shown_version(stored, "") == nullptr);
}

TEST_CASE("versions of a kind have the same fields, and of the same types") {
  for (const auto* version : schema::group_versions())
    for (const auto* each : version->resources) {
      if (each->stored == nullptr)
        continue;
      CHECK(each->namespaced == each->stored->namespaced);
      CHECK(each->stored->stored == nullptr);
      each_pair(*each->type, *each->stored->type, [&](auto& a, auto& b) {
        INFO(a.name << " and " << b.name);
        CHECK(a.fields.size() == b.fields.size());
        for (const auto& field : a.fields) {
          INFO(field.name);
          const auto* other = counterpart(field, b, version_change::to_stored);
          REQUIRE(other != nullptr);
          CHECK(counterpart(*other, a, version_change::to_shown) == &field);
          CHECK(other->type == field.type);
          CHECK(other->many == field.many);
          CHECK(other->pointer == field.pointer);
        }
      });
      for (const auto& field : each->selectable) {
        INFO(field.label);
        const auto label = field.stored.empty() ? field.label : field.stored;
        CHECK(std::ranges::count(each->stored->selectable, label,
                                 &schema::selectable_field::label)
              == 1);
      }
    }
}
