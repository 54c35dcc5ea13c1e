#include "tests/unit/messages/schema/gen_support.hpp"

#include <catch2/catch.hpp>

using namespace troupe::schema;
using namespace troupe::schema::gen::test;

namespace gen = troupe::schema::gen;

TEST_CASE("fields come out ascending by id, embedded messages flat") {
  auto result = compile(R"(
type Volume "A volume." {
  2 volumeSource VolumeSource inline "Where it comes from."
  1 name string required "Its name."
  10000 ours bool "A field of our own."
}
type VolumeSource "Where a volume comes from." {
  2 emptyDir Directory pointer "An empty directory."
  1 hostPath Directory pointer "A directory of the node."
}
type Directory "A directory." {
}
)");
  REQUIRE(result.text() == "");
  std::string fields;
  for (auto& each : find_type(result, "Volume").fields)
    fields += std::to_string(wrapper_number(each.id)) + '.'
              + std::to_string(field_number(each.id)) + ' ' + each.name + '\n';
  CHECK(fields == "0.1 name\n0.10000 ours\n2.1 hostPath\n2.2 emptyDir\n");
  CHECK(find_type(result, "VolumeSource").fields.size() == 2);
}

TEST_CASE("every attribute of a field reaches the model") {
  auto result = compile(R"(
type T map=atomic "d" {
  1 a list<U> required always patch=merge key=k list=map keys=[k l] "d"
  2 b int32 pointer default=-3 min=-5 max=7 immutable "d"
  3 c string one_of=[X Y "two words"] format=dns1123_label default="\"X\"" "d"
  4 d map<bytes> map=granular patch=retain_keys "d"
  5 e Alias "d"
}
type U "d" { 1 k string "d" 2 l string "d" }
value Alias = int_or_string name=a.b.Alias "d"
)");
  REQUIRE(result.text() == "");
  auto& type = find_type(result, "T");
  CHECK(type.map == map_type::atomic);
  auto& a = type.fields[0];
  CHECK(a.many == cardinality::list);
  CHECK(a.value == value_type::object);
  CHECK(a.of.target == &find_type(result, "U"));
  CHECK(a.required);
  CHECK(a.always);
  CHECK(a.patch == patch_strategy::merge);
  CHECK(a.merge_key == "k");
  CHECK(a.list == list_type::map);
  CHECK(a.list_map_keys == std::vector<std::string>{"k", "l"});
  auto& b = type.fields[1];
  CHECK(b.pointer);
  CHECK(b.default_json == "-3");
  CHECK(b.minimum == -5);
  CHECK(b.maximum == 7);
  CHECK(b.immutable);
  auto& c = type.fields[2];
  CHECK(c.one_of == std::vector<std::string>{"X", "Y", "two words"});
  CHECK(c.format == "dns1123_label");
  CHECK(c.default_json == "\"X\"");
  auto& d = type.fields[3];
  CHECK(d.many == cardinality::map);
  CHECK(d.value == value_type::bytes);
  CHECK(d.map == map_type::granular);
  CHECK(d.patch == patch_strategy::retain_keys);
  auto& e = type.fields[4];
  CHECK(e.value == value_type::int_or_string);
  CHECK(e.of.target->full_name == "a.b.Alias");
}

TEST_CASE("names are looked up here first, then in the used group versions") {
  outcome result;
  CHECK(gen::parse("core_v1.schema",
                   "group \"\" version v1 package a.core\n"
                   "type Event \"d\" {} type Only \"d\" {}",
                   result.what, result.errors));
  CHECK(gen::parse("events_v1.schema",
                   "group events.k8s.io version v1 package a.events\n"
                   "use core_v1 type Event \"d\" {\n"
                   "1 own Event \"d\" 2 far core_v1.Event \"d\""
                   "3 used Only \"d\" }",
                   result.what, result.errors));
  CHECK(gen::link(result.what, result.errors));
  REQUIRE(result.text() == "");
  auto& fields = result.what.find("events_v1")->types.front()->fields;
  CHECK(fields[0].of.target->full_name == "a.events.Event");
  CHECK(fields[1].of.target->full_name == "a.core.Event");
  CHECK(fields[2].of.target->full_name == "a.core.Only");
}

TEST_CASE("resources get the usual names unless told otherwise") {
  auto result = compile(R"(
type Pot kind "d" {} type PotList kind "d" {} type Scale kinds=[x/v2] "d" {}
resource pots kind=Pot verbs=[get list] short=[po] categories=[all] generation {
  subresource status verbs=[get]
  subresource scale kind=Scale verbs=[update]
}
resource lids kind=Pot list=PotList singular=cover scope=cluster verbs=[get] {}
)");
  REQUIRE(result.text() == "");
  auto& pots = result.what.versions.front()->resources[0];
  CHECK(pots.singular == "pot");
  CHECK(pots.list.target->name == "PotList");
  CHECK(pots.namespaced);
  CHECK(pots.generation);
  CHECK(pots.subresources[0].body.target->name == "Pot");
  CHECK(pots.subresources[1].body.target->name == "Scale");
  auto& lids = result.what.versions.front()->resources[1];
  CHECK(lids.singular == "cover");
  CHECK_FALSE(lids.namespaced);
  CHECK_FALSE(lids.generation);
}
