#pragma once

#include "messages/base/time_point.hpp"
#include "messages/codec/print/field_path.hpp"

#include <span>
#include <string>
#include <variant>
#include <vector>

namespace troupe::codec {

/// A column that no path can describe, by the name after `fn:`. Appends the
/// cell as JSON.
struct cell_function {
  std::string_view name;
  void (*append)(std::string& out, const node& object, wall_time now);
};

/// The expression of one column, parsed once:
///
///     status.phase                            a scalar
///     len(data)+len(binaryData)               sizes of lists and maps, summed
///     age(metadata.creationTimestamp)         time since then
///     labels(spec.selector)                   labels or a LabelSelector
///     fn:<name>                               a function given to `parse`
///
/// An absent scalar reads as the zero value of the column's type: "", 0,
/// false; an absent time as "<unknown>".
class cell {
public:
  /// Most terms of a sum that are read.
  static constexpr std::size_t terms_max = 16;

  /// Fails with `invalid_argument`, naming the column, when the expression is
  /// malformed or does not fit `type`.
  static result<cell> parse(const schema::column_desc& column,
                            const schema::type_desc& type,
                            std::span<const cell_function> functions);

  /// Appends the cell of `object` as JSON.
  void append(std::string& out, const node& object, wall_time now) const;

private:
  struct scalar {
    field_path path;
    bool quoted = true;     ///< whether the column holds strings
    std::string_view empty; ///< what absence reads as, in JSON
  };

  struct length {
    std::vector<field_path> paths;
  };

  struct age {
    field_path path;
  };

  struct labels {
    field_path path;
  };

  using program = std::variant<scalar, length, age, labels, cell_function>;

  explicit cell(program what) : program_{std::move(what)} {}

  static result<program> compile(std::string_view type_name,
                                 std::string_view text,
                                 const schema::type_desc& type,
                                 std::span<const cell_function> functions);
  static result<program> compile_scalar(std::string_view type_name,
                                        std::string_view text,
                                        const schema::type_desc& type);
  static result<program> compile_length(std::string_view text,
                                        const schema::type_desc& type);
  static result<program> compile_age(std::string_view text,
                                     const schema::type_desc& type);
  static result<program> compile_labels(std::string_view text,
                                        const schema::type_desc& type);

  static void append(std::string& out, const scalar& what, const node& object,
                     wall_time now);
  static void append(std::string& out, const length& what, const node& object,
                     wall_time now);
  static void append(std::string& out, const age& what, const node& object,
                     wall_time now);
  static void append(std::string& out, const labels& what, const node& object,
                     wall_time now);
  static void append(std::string& out, const cell_function& what,
                     const node& object, wall_time now);

  program program_;
};

} // namespace troupe::codec
