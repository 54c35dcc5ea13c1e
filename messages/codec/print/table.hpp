#pragma once

#include "messages/codec/print/cell_functions.hpp"

#include <optional>

/// metav1.Table: what `kubectl get` prints. Kubernetes documentation,
/// "Receiving resources as Tables".
namespace troupe::codec {

/// What each row carries besides its cells: the query parameter
/// `includeObject`.
enum class include_object : std::uint8_t {
  none,     ///< null
  metadata, ///< a PartialObjectMetadata; the default
  object,   ///< the whole object
};

/// "None", "Metadata" or "Object"; empty is Metadata. Fails with
/// `invalid_argument`.
result<include_object> parse_include_object(std::string_view text);

/// Versions of meta.k8s.io a client may ask for; their tables differ in
/// apiVersion alone.
enum class table_version : std::uint8_t { v1, v1beta1 };

struct table_options {
  table_version version = table_version::v1;
  include_object include = include_object::metadata;
  /// False writes null for columnDefinitions: all events of a watch but the
  /// first.
  bool columns = true;
  wall_time now; ///< ages are measured up to here
};

/// Metadata of the list the rows are of; empty members are left out.
struct table_metadata {
  std::string_view resource_version;
  std::string_view continue_token;
  std::optional<std::int64_t> remaining_item_count;
};

/// One row's object, as it is stored: its type is that of the stored version of
/// the printer's resource.
struct table_row {
  const node& object;
  /// Written in place of the object's own when not empty.
  std::string_view resource_version;
};

/// The columns of one resource, parsed; they are those of its stored version.
/// Make it once per resource; it refers to the resource, which must outlive it.
class table_printer {
public:
  /// Fails with `invalid_argument` when a column's cell is malformed.
  static result<table_printer>
  make(const schema::resource_desc& resource,
       std::span<const cell_function> functions = all_cell_functions());

  /// Appends one row: `{"cells":[...],"object":...}`, and in between what is
  /// said of pods that have ended.
  void append_row(std::string& out, const table_options& options,
                  const table_row& row) const;

  /// Appends `[{"name":...},...]`.
  void append_columns(std::string& out) const;

private:
  explicit table_printer(const schema::resource_desc& resource)
      : resource_{&resource} {}

  void append_object(std::string& out, const table_options& options,
                     const table_row& row) const;

  const schema::resource_desc* resource_;
  std::vector<cell> cells_;
};

/// Appends a Table to `out` row by row, so that a long list need not be in
/// memory at once:
///
///     table_writer table{out, printer, options, metadata};
///     for (...)
///       table.add({object.root(), revision});
///     table.finish();
class table_writer {
public:
  table_writer(std::string& out, const table_printer& printer,
               const table_options& options, const table_metadata& metadata);

  void add(const table_row& row);

  /// Ends the text; nothing may be added after it.
  void finish();

private:
  std::string& out_;
  const table_printer& printer_;
  table_options options_;
  bool first_ = true;
};

/// Appends the Table of a single object: a GET, or the `object` of a watch
/// event.
void append_table(std::string& out, const table_printer& printer,
                  const table_options& options, const table_row& row);

} // namespace troupe::codec
