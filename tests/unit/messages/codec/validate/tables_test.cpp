#include "messages/codec/validate/defaults.hpp"
#include "messages/codec/validate/fields.hpp"
#include "messages/codec/validate/formats.hpp"
#include "tests/unit/messages/codec/validate/objects.hpp"

using namespace troupe;
using namespace troupe::codec;

namespace {

using schema::cardinality;
using schema::field_desc;
using schema::type_desc;
using schema::value_type;

constexpr std::string_view protocols[] = {"TCP", "UDP"};

const field_desc port_fields[] = {
    {.name = "port",
     .id = 1,
     .type = value_type::int32,
     .required = true,
     .constraint = {.minimum = 1, .maximum = 65535}},
    {.name = "protocol",
     .id = 2,
     .default_json = "\"TCP\"",
     .constraint = {.one_of = protocols}},
    {.name = "name", .id = 3, .constraint = {.format = "dns1123_label"}},
    {.name = "weight",
     .id = 4,
     .type = value_type::int32,
     .constraint = {.minimum = 0}},
};
constexpr std::uint16_t port_by_name[] = {2, 0, 1, 3};
const type_desc port_type{
    .name = "test.Port", .fields = port_fields, .by_name = port_by_name};

const field_desc service_fields[] = {
    {.name = "ports",
     .id = 1,
     .type = value_type::object,
     .many = cardinality::list,
     .object = &port_type},
    {.name = "byName",
     .id = 2,
     .type = value_type::object,
     .many = cardinality::map,
     .object = &port_type},
    {.name = "main",
     .id = 3,
     .type = value_type::object,
     .default_json = "{\"port\":80}",
     .object = &port_type},
    {.name = "address", .id = 4, .constraint = {.immutable = true}},
};
constexpr std::uint16_t service_by_name[] = {3, 1, 2, 0};
const type_desc service_type{.name = "test.Service",
                             .fields = service_fields,
                             .by_name = service_by_name};

document service(std::string_view text) {
  auto read = decode_json(text, &service_type);
  INFO(text);
  REQUIRE(read);
  return std::move(read->doc);
}

} // namespace

TEST_CASE("defaults of the tables reach every depth") {
  auto doc = service(
      R"({"ports":[{"port":1},{"port":2,"protocol":"UDP"}],"byName":{"a":{}}})");
  apply_table_defaults(doc, doc.root(), service_type);
  const auto want = service(
      R"({"ports":[{"port":1,"protocol":"TCP"},{"port":2,"protocol":"UDP"}],)"
      R"("byName":{"a":{"protocol":"TCP"}},)"
      R"("main":{"port":80,"protocol":"TCP"}})");
  CHECK(json(doc) == json(want));
}

TEST_CASE("the tables' bounds, values and formats hold at every depth") {
  const auto doc = service(
      R"({"ports":[{"port":70000,"protocol":"X"},{"name":"A.b","port":1}],)"
      R"("byName":{"k":{}},"main":{"port":5,"weight":-1}})");
  meta::field_errors errors;
  check_fields(doc.root(), service_type, {}, errors);
  const auto got = texts(errors);
  REQUIRE(got.size() == 5);
  CHECK(got[0]
        == "ports[0].port: Invalid value: 70000: must be between 1 and 65535, "
           "inclusive");
  CHECK(got[1]
        == "ports[0].protocol: Unsupported value: \"X\": supported values: "
           "\"TCP\", \"UDP\"");
  CHECK(got[2].starts_with("ports[1].name: Invalid value: \"A.b\": a lowercase "
                           "RFC 1123 label must"));
  CHECK(got[3] == "byName[k].port: Required value");
  CHECK(got[4]
        == "main.weight: Invalid value: -1: must be greater than or equal to "
           "0");
}

TEST_CASE("immutable fields keep their value") {
  const auto check = [](std::string_view next, std::string_view old) {
    meta::field_errors errors;
    check_immutable_fields(service(next).root(), service(old).root(),
                           service_type, "spec", errors);
    return texts(errors);
  };
  using lines = std::vector<std::string>;
  CHECK(check(R"({"address":"a"})", R"({"address":"a"})").empty());
  CHECK(check("{}", "{}").empty());
  CHECK(check(R"({"address":"b"})", R"({"address":"a"})")
        == lines{"spec.address: Invalid value: \"b\": field is immutable"});
  CHECK(check("{}", R"({"address":"a"})")
        == lines{"spec.address: Invalid value: null: field is immutable"});
}

TEST_CASE("only known formats are found") {
  CHECK(find_format("dns1123_subdomain") != nullptr);
  CHECK(find_format("dns") == nullptr);
}
