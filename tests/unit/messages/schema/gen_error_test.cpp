#include "tests/unit/messages/schema/gen_support.hpp"

#include <catch2/catch.hpp>

using namespace troupe::schema::gen;
using namespace troupe::schema::gen::test;

namespace {

struct row {
  std::string_view name;
  std::string_view given; ///< line 2 and on of core_v1.schema
  std::string_view want;
};

constexpr row table[] = {
    // -- words and strings
    {"no such character", "type T ! \"d\" {}",
     "core_v1.schema:2: expected a word, a string or one of { } [ ] < > =, "
     "found '!'\n"},
    {"open string", "type T \"doc\n{}",
     "core_v1.schema:2: expected '\"' before the end of the line\n"},
    {"unknown declaration", "# comment\nmessage T",
     "core_v1.schema:3: expected 'type', 'value' or 'resource', found "
     "'message'\n"},

    // -- types
    {"no documentation", "type T {}",
     "core_v1.schema:2: expected an attribute or the documentation string, "
     "found '{'\n"},
    {"empty documentation", "type T \"\" {}",
     "core_v1.schema:2: expected a documentation string that says something, "
     "found an empty one\n"},
    {"unknown attribute of a type", "type T kinky \"d\" {}",
     "core_v1.schema:2: expected one of map, name, kinds, kind, bare, found "
     "'kinky'\n"},
    {"open type", "type T \"d\" {\n 1 a string \"d\"\n",
     "core_v1.schema:4: expected the permanent id of a field (1 to 65535), or "
     "'}', found the end of the file\n"},
    {"two types of one name", "type T \"d\" {}\ntype T \"d\" {}",
     "core_v1.schema:3: expected a new name, found a second 'T' (the first is "
     "at core_v1.schema:2)\n"},
    {"value of no built-in type", "value T = clock \"d\"",
     "core_v1.schema:2: expected a built-in type, found 'clock'\n"},
    {"two kinds of one name",
     "type T kinds=[v1] \"d\" {}\ntype U kinds=[v1 v1] \"d\" {}",
     "core_v1.schema:3: expected a new kind, found a second '/v1 U'\n"},
    {"two OpenAPI names", "type T name=x.Y \"d\" {}\ntype U name=x.Y \"d\" {}",
     "core_v1.schema:3: expected a new OpenAPI name, found a second 'x.Y'\n"},

    // -- fields
    {"id 0", "type T \"d\" { 0 a string \"d\" }",
     "core_v1.schema:2: expected the permanent id of a field (1 to 65535), or "
     "'}', found '0'\n"},
    {"id too big", "type T \"d\" { 65536 a string \"d\" }",
     "core_v1.schema:2: expected the permanent id of a field (1 to 65535), or "
     "'}', found '65536'\n"},
    {"unknown type", "type T \"d\" {\n  1 a Thing \"d\"\n}",
     "core_v1.schema:3: expected a type, found 'Thing'\n"},
    {"open list", "type T \"d\" { 1 a list<string \"d\" }",
     "core_v1.schema:2: expected '>', found a string\n"},
    {"two fields of one id",
     "type T \"d\" { 1 a string \"d\" 1 b string \"d\" }",
     "core_v1.schema:2: expected a new field id, found a second '1'\n"},
    {"two fields of one name",
     "type T \"d\" { 1 a string \"d\"\n2 a string \"d\" }",
     "core_v1.schema:3: expected a new field name, found a second 'a'\n"
     "core_v1.schema:3: expected a new C++ name, found a second 'a'\n"},
    {"two fields of one C++ name",
     "type T \"d\" { 1 aB string \"d\"\n2 a-b string \"d\" }",
     "core_v1.schema:3: expected a new C++ name, found a second 'a_b'\n"},
    {"unknown attribute of a field",
     "type T \"d\" { 1 a string requird \"d\" }",
     "core_v1.schema:2: expected one of required, pointer, always, inline, "
     "immutable, patch, key, list, keys, map, default, min, max, one_of, "
     "format, stored, "
     "found 'requird'\n"},
    {"flag with a value", "type T \"d\" { 1 a string required=yes \"d\" }",
     "core_v1.schema:2: expected no value after 'required'\n"},
    {"attribute without value", "type T \"d\" { 1 a list<string> patch \"d\" }",
     "core_v1.schema:2: expected =value after 'patch'\n"},
    {"attribute with no list", "type T \"d\" { 1 a string one_of=[] \"d\" }",
     "core_v1.schema:2: expected =[values] after 'one_of'\n"},
    {"unknown patch strategy", "type T \"d\" { 1 a string patch=mix \"d\" }",
     "core_v1.schema:2: expected replace, merge, retain_keys or "
     "merge_retain_keys after 'patch=', found 'mix'\n"},
    {"no number", "type T \"d\" { 1 a int32 min=low \"d\" }",
     "core_v1.schema:2: expected a whole number after 'min=', found 'low'\n"},

    // -- attributes that do not fit the field
    {"merge without key",
     "type T \"d\" { 1 a list<U> patch=merge \"d\" } type U \"d\" {}",
     "core_v1.schema:2: expected 'key=' beside 'patch=merge' of field 'a'\n"},
    {"merge key that is no field",
     "type T \"d\" { 1 a list<U> patch=merge key=b \"d\" } type U \"d\" {}",
     "core_v1.schema:2: expected a field of the items of 'a' as key, found "
     "'b'\n"},
    {"list=map without keys",
     "type T \"d\" { 1 a list<string> list=map \"d\" }",
     "core_v1.schema:2: expected 'keys=' and 'list=map' together for field "
     "'a'\n"},
    {"list type of a scalar", "type T \"d\" { 1 a string list=set \"d\" }",
     "core_v1.schema:2: expected 'list=' only on a list, found it on field "
     "'a'\n"},
    {"map type of a list", "type T \"d\" { 1 a list<string> map=atomic \"d\" }",
     "core_v1.schema:2: expected 'map=' only on a map or a message, found it "
     "on "
     "field 'a'\n"},
    {"pointer to a map", "type T \"d\" { 1 a map<string> pointer \"d\" }",
     "core_v1.schema:2: expected 'pointer' only on a value or a list, found it "
     "on field 'a'\n"},
    {"bound of a string", "type T \"d\" { 1 a string max=3 \"d\" }",
     "core_v1.schema:2: expected 'min=' and 'max=' only on integers, found one "
     "on field 'a'\n"},
    {"bounds crossed", "type T \"d\" { 1 a int32 min=3 max=2 \"d\" }",
     "core_v1.schema:2: expected min <= max for field 'a'\n"},
    {"choice of a number", "type T \"d\" { 1 a int32 one_of=[x] \"d\" }",
     "core_v1.schema:2: expected 'one_of=' and 'format=' only on strings, "
     "found "
     "one on field 'a'\n"},
    {"default of another type", "type T \"d\" { 1 a int32 default=ten \"d\" }",
     "core_v1.schema:2: expected a default of the type of field 'a' as JSON, "
     "found 'ten'\n"},
    {"default without quotes", "type T \"d\" { 1 a string default=ten \"d\" }",
     "core_v1.schema:2: expected a default of the type of field 'a' as JSON, "
     "found 'ten'\n"},
    {"inline scalar", "type T \"d\" { 1 a string inline \"d\" }",
     "core_v1.schema:2: expected one message after 'inline', found field 'a' "
     "of "
     "another type\n"},
    {"inline of inline",
     "type T \"d\" { 1 a U inline \"d\" }\ntype U \"d\" { 1 b V inline \"d\" "
     "}\n"
     "type V \"d\" { 1 c string \"d\" }",
     "core_v1.schema:2: expected a message without embedded messages, found "
     "'U'\n"},
    {"inlined name taken",
     "type T \"d\" { 1 a string \"d\"\n2 u U inline \"d\" }\n"
     "type U \"d\" { 1 a string \"d\" }",
     "core_v1.schema:4: expected a new field name, found a second 'a'\n"
     "core_v1.schema:4: expected a new C++ name, found a second 'a'\n"},

    // -- resources
    {"resource without kind", "resource things verbs=[get] {}",
     "core_v1.schema:2: expected 'kind=' for resource 'things'\n"},
    {"resource of an unknown kind", "resource things kind=T verbs=[get] {}",
     "core_v1.schema:2: expected a type, found 'T'\n"},
    {"resource with a list of an unknown kind",
     "type T kind \"d\" {}\nresource things kind=T verbs=[list] {}",
     "core_v1.schema:3: expected a type, found 'TList'\n"},
    {"query of an unknown type",
     "type T kind \"d\" {}\nresource things kind=T verbs=[get] {\n"
     "  subresource log query=Q verbs=[get]\n}",
     "core_v1.schema:4: expected a type, found 'Q'\n"},
    {"resource of a type that is no kind",
     "type T \"d\" {} type TList kind \"d\" {}\n"
     "resource things kind=T verbs=[get] {}",
     "core_v1.schema:3: expected a type that is a kind of this group version, "
     "found 'T'\n"},
    {"unknown part",
     "type T kind \"d\" {} type TList kind \"d\" {}\n"
     "resource things kind=T verbs=[get] { row }",
     "core_v1.schema:3: expected 'column', 'select', 'subresource' or '}', "
     "found 'row'\n"},
    {"unknown scope", "resource things scope=galaxy {}",
     "core_v1.schema:2: expected namespaced or cluster after 'scope=', found "
     "'galaxy'\n"},
    {"unknown verb",
     "type T kind \"d\" {} type TList kind \"d\" {}\n"
     "resource things kind=T verbs=[fetch] {}",
     "core_v1.schema:3: expected a verb (create, delete, deletecollection, "
     "get, "
     "list, patch, update, watch), found 'fetch'\n"},
    {"no verbs",
     "type T kind \"d\" {} type TList kind \"d\" {}\nresource things kind=T {}",
     "core_v1.schema:3: expected 'verbs='\n"},
    {"cell that leads nowhere",
     "type T kind \"d\" {} type TList kind \"d\" {}\n"
     "resource things kind=T verbs=[get] {\n"
     "  column A string cell=spec.a \"d\" }",
     "core_v1.schema:4: expected 'cell=' with a path to a field, found "
     "'spec.a'\n"},
    {"selectable field that leads nowhere",
     "type T kind \"d\" {} type TList kind \"d\" {}\n"
     "resource things kind=T verbs=[get] {\n  select spec.a\n}",
     "core_v1.schema:4: expected a path to a field, found 'spec.a'\n"},
    {"second path of a selectable field that leads nowhere",
     "type T kind \"d\" { 1 a string \"d\" } type TList kind \"d\" {}\n"
     "resource things kind=T verbs=[get] {\n  select a else=b\n}",
     "core_v1.schema:4: expected a path to a field, found 'b'\n"},
    {"two subresources of one name",
     "type T kind \"d\" {} type TList kind \"d\" {}\n"
     "resource things kind=T verbs=[get] {\n"
     "  subresource status verbs=[get]\n  subresource status verbs=[get]\n}",
     "core_v1.schema:5: expected a new subresource, found a second 'status'\n"},
    {"body that is no kind",
     "type T kind \"d\" {} type TList kind \"d\" {} type U \"d\" {}\n"
     "resource things kind=T verbs=[get] {\n"
     "  subresource u kind=U verbs=[get]\n}",
     "core_v1.schema:4: expected a kind as body of subresource 'u', found "
     "'U'\n"},
    {"two resources of one name",
     "type T kind \"d\" {} type TList kind \"d\" {}\n"
     "resource things kind=T verbs=[get] {}\n"
     "resource things kind=T verbs=[get] {}",
     "core_v1.schema:4: expected a new resource, found a second 'things'\n"},
};

std::string errors_of_file(const std::string& file, std::string_view text) {
  outcome result;
  CHECK_FALSE(parse(file, text, result.what, result.errors));
  return result.text();
}

} // namespace

TEST_CASE("mistakes are reported with file, line and what was expected") {
  for (auto& each : table) {
    INFO(each.name);
    CHECK(compile(each.given).text() == each.want);
  }
}

TEST_CASE("a file starts with its group version") {
  CHECK(errors_of_file("core_v1.schema", "type T \"d\" {}")
        == "core_v1.schema:1: expected 'group', found 'type'\n");
  CHECK(errors_of_file("core_v1.schema", "group \"\" version")
        == "core_v1.schema:1: expected the version, found the end of the "
           "file\n");
  CHECK(errors_of_file("", "")
        == ":1: expected 'group', found the end of the file\n");
}

TEST_CASE("a file is named after its group version") {
  CHECK(errors_of_file("x/apps_v1.schema",
                       "group \"\" version v1 package io.k8s.api.core.v1")
        == "x/apps_v1.schema:1: expected a file name that starts with "
           "'core_v1'\n");
  CHECK(errors_of_file("core_v1beta1.schema",
                       "group \"\" version v1 package io.k8s.api.core.v1")
        == "core_v1beta1.schema:1: expected a file name that starts with "
           "'core_v1'\n");
}

TEST_CASE("files of one group version agree on their package") {
  outcome result;
  CHECK(parse("core_v1_a.schema", "group \"\" version v1 package a.b",
              result.what, result.errors));
  CHECK_FALSE(parse("core_v1_c.schema", "group \"\" version v1 package a.c",
                    result.what, result.errors));
  CHECK(result.text()
        == "core_v1_c.schema:1: expected the group and package of the other "
           "files of core_v1: '' and 'a.b'\n");
}

TEST_CASE("only known group versions are used") {
  CHECK(compile("use none_v1\ntype T \"d\" {}").text()
        == "core_v1.schema:2: expected a known group version after 'use', "
           "found 'none_v1'\n");
}
