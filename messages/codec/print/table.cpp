#include "messages/codec/print/table.hpp"

#include "messages/base/check.hpp"
#include "messages/base/json_escape.hpp"
#include "messages/codec/convert/convert.hpp"
#include "messages/codec/json.hpp"
#include "messages/codec/print/pod_cells.hpp"
#include "messages/meta/go_quote.hpp"
#include "messages/schema/registry.hpp"

namespace troupe::codec {

namespace {

std::string_view api_version_of(table_version version) {
  return version == table_version::v1 ? "meta.k8s.io/v1"
                                      : "meta.k8s.io/v1beta1";
}

/// metadata has the same id in every kind, so that this type reads any object
/// and knows nothing else of it.
const schema::type_desc& partial_object_type() {
  auto* type = schema::find_type(
      "io.k8s.apimachinery.pkg.apis.meta.v1.PartialObjectMetadata");
  TROUPE_CHECK(type, "the schema describes PartialObjectMetadata");
  return *type;
}

void append_member(std::string& out, std::string_view name,
                   std::string_view value) {
  append_json_string(out, name);
  out += ':';
  append_json_string(out, value);
}

void append_column(std::string& out, const schema::column_desc& column) {
  out += '{';
  append_member(out, "name", column.name);
  out += ',';
  append_member(out, "type", column.type);
  out += ',';
  append_member(out, "format", column.format);
  out += ',';
  append_member(out, "description", column.doc);
  out += R"(,"priority":)";
  out += std::to_string(column.priority);
  out += '}';
}

void append_metadata(std::string& out, const table_metadata& metadata) {
  auto start = out.size();
  auto separate = [&] {
    if (out.size() != start)
      out += ',';
  };
  if (!metadata.resource_version.empty())
    append_member(out, "resourceVersion", metadata.resource_version);
  if (!metadata.continue_token.empty()) {
    separate();
    append_member(out, "continue", metadata.continue_token);
  }
  if (metadata.remaining_item_count) {
    separate();
    out += R"("remainingItemCount":)";
    out += std::to_string(*metadata.remaining_item_count);
  }
}

void append_shown(std::string& out, const node& object,
                  const schema::resource_desc& version,
                  const encode_options& options) {
  if (version.stored == nullptr)
    return append_json(out, object, version.type, options);
  document stored{version.stored->type};
  stored.root(*stored.clone(object));
  const auto shown = to_shown(stored, version);
  append_json(out, shown.root(), shown.type(), options);
}

} // namespace

result<include_object> parse_include_object(std::string_view text) {
  if (text.empty() || text == "Metadata")
    return include_object::metadata;
  if (text == "None")
    return include_object::none;
  if (text == "Object")
    return include_object::object;
  return error{
      errc::invalid_argument,
      "Unable to convert to Table as requested: includeObject: Invalid "
      "value: "
          + meta::go_quote(text)
          + ": must be 'Metadata', 'Object', 'None', or empty"};
}

result<table_printer>
table_printer::make(const schema::resource_desc& resource,
                    std::span<const cell_function> functions) {
  table_printer printer{resource};
  const auto& stored = resource.storage();
  for (auto& column : stored.columns) {
    auto parsed = cell::parse(column, *stored.type, functions);
    if (!parsed)
      return parsed.error();
    printer.cells_.push_back(*std::move(parsed));
  }
  return printer;
}

void table_printer::append_columns(std::string& out) const {
  out += '[';
  const auto columns = resource_->storage().columns;
  for (auto& column : columns) {
    if (&column != columns.data())
      out += ',';
    append_column(out, column);
  }
  out += ']';
}

void table_printer::append_object(std::string& out,
                                  const table_options& options,
                                  const table_row& row) const {
  encode_options encode;
  if (!row.resource_version.empty())
    encode.resource_version = row.resource_version;
  switch (options.include) {
    case include_object::none:
      out += "null";
      return;
    case include_object::metadata:
      encode.api_version = api_version_of(options.version);
      encode.kind = "PartialObjectMetadata";
      append_json(out, row.object, &partial_object_type(), encode);
      return;
    case include_object::object: {
      auto& kind = resource_->kind;
      std::string api_version{kind.group};
      if (!api_version.empty())
        api_version += '/';
      api_version += kind.version;
      encode.api_version = api_version;
      encode.kind = kind.kind;
      append_shown(out, row.object, *resource_, encode);
      return;
    }
  }
}

void table_printer::append_row(std::string& out, const table_options& options,
                               const table_row& row) const {
  out += R"({"cells":[)";
  for (auto& one : cells_) {
    if (&one != cells_.data())
      out += ',';
    one.append(out, row.object, options.now);
  }
  out += ']';
  if (resource_->kind.group.empty() && resource_->kind.kind == "Pod")
    append_pod_conditions(out, row.object);
  out += R"(,"object":)";
  append_object(out, options, row);
  out += '}';
}

table_writer::table_writer(std::string& out, const table_printer& printer,
                           const table_options& options,
                           const table_metadata& metadata)
    : out_{out}, printer_{printer}, options_{options} {
  out_ += R"({"kind":"Table","apiVersion":")";
  out_ += api_version_of(options.version);
  out_ += R"(","metadata":{)";
  append_metadata(out_, metadata);
  out_ += R"(},"columnDefinitions":)";
  if (options.columns)
    printer_.append_columns(out_);
  else
    out_ += "null";
  out_ += R"(,"rows":[)";
}

void table_writer::add(const table_row& row) {
  if (!first_)
    out_ += ',';
  first_ = false;
  printer_.append_row(out_, options_, row);
}

void table_writer::finish() {
  out_ += "]}";
}

void append_table(std::string& out, const table_printer& printer,
                  const table_options& options, const table_row& row) {
  table_writer table{out, printer, options, {row.resource_version, {}, {}}};
  table.add(row);
  table.finish();
}

} // namespace troupe::codec
