#pragma once

#include <string>
#include <string_view>

namespace troupe::codec::openapi {

/// Appends compact JSON text to a string and sets the commas. The caller
/// keeps begin and end calls balanced; names and strings are UTF-8.
class json_writer {
public:
  explicit json_writer(std::string& out) : out_{out} {}

  void begin_object() { open('{'); }

  void end_object() { close('}'); }

  void begin_array() { open('['); }

  void end_array() { close(']'); }

  void key(std::string_view name);
  void string(std::string_view value);

  /// A value that already is JSON text.
  void raw(std::string_view json);

  void member(std::string_view name, std::string_view value) {
    key(name);
    string(value);
  }

  void raw_member(std::string_view name, std::string_view json) {
    key(name);
    raw(json);
  }

  /// A member that is left out when the text is empty.
  void optional_member(std::string_view name, std::string_view value) {
    if (!value.empty())
      member(name, value);
  }

  /// An array of strings.
  template <class Range>
  void strings(std::string_view name, const Range& values) {
    key(name);
    begin_array();
    for (std::string_view value : values)
      string(value);
    end_array();
  }

private:
  void separate();
  void open(char bracket);
  void close(char bracket);

  std::string& out_;
  bool needs_comma_ = false;
};

} // namespace troupe::codec::openapi
