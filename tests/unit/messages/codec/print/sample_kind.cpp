#include "tests/unit/messages/codec/print/sample_kind.hpp"

#include "messages/schema/registry.hpp"

#include <string>

namespace troupe::test {

namespace {

using schema::cardinality;
using schema::field_desc;
using schema::value_type;

const schema::type_desc* meta(std::string_view name) {
  return schema::find_type("io.k8s.apimachinery.pkg.apis.meta.v1."
                           + std::string{name});
}

struct tables {
  field_desc fields[7] = {
      {.name = "metadata",
       .id = sample_id::metadata,
       .type = value_type::object,
       .always = true,
       .object = meta("ObjectMeta")},
      {.name = "replicas",
       .id = sample_id::replicas,
       .type = value_type::int32,
       .pointer = true},
      {.name = "paused", .id = sample_id::paused, .type = value_type::boolean},
      {.name = "nodeSelector",
       .id = sample_id::node_selector,
       .many = cardinality::map},
      {.name = "selector",
       .id = sample_id::selector,
       .type = value_type::object,
       .pointer = true,
       .object = meta("LabelSelector")},
      {.name = "names", .id = sample_id::names, .many = cardinality::list},
      {.name = "raw",
       .id = sample_id::raw,
       .type = value_type::json,
       .pointer = true},
  };
  /// metadata names nodeSelector paused raw replicas selector
  std::uint16_t by_name[7] = {0, 5, 3, 2, 6, 1, 4};
  schema::type_desc type{
      .name = "example.v1.Sample", .fields = fields, .by_name = by_name};
};

} // namespace

schema::resource_desc
sample_resource(std::span<const schema::column_desc> columns) {
  static const tables all;
  return {.kind = {"example.k8s.io", "v1", "Sample"},
          .plural = "samples",
          .singular = "sample",
          .list_kind = "SampleList",
          .type = &all.type,
          .columns = columns};
}

} // namespace troupe::test
