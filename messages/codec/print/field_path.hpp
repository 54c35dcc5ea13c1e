#pragma once

#include "messages/base/result.hpp"
#include "messages/codec/document.hpp"

#include <string>
#include <vector>

namespace troupe::codec {

/// A dotted path of JSON names ("status.phase") that was looked up in a type
/// once, so that following it compares numbers. The segment after a map is a
/// key of that map.
class field_path {
public:
  /// Longest path that is read.
  static constexpr std::size_t segments_max = 32;

  /// Fails with `invalid_argument` when `type` has no such path or it passes
  /// through a list.
  static result<field_path> parse(std::string_view dotted,
                                  const schema::type_desc& type);

  /// The node at the path's end, or null when a step is absent.
  const node* follow(const node& root) const;

  /// The field the path ends in or, inside a map or untyped JSON, passed last.
  const schema::field_desc& field() const { return *field_; }

  /// Whether the path ends inside `field()`: an entry of its map, or a part
  /// of its untyped JSON.
  bool inside_field() const { return inside_field_; }

private:
  struct step {
    field_id id = 0; ///< 0: by key
    std::string key;
  };

  status_result add(std::string_view segment, const schema::type_desc*& type);

  std::vector<step> steps_;
  const schema::field_desc* field_ = nullptr;
  bool inside_field_ = false;
};

} // namespace troupe::codec
