#include "messages/codec/openapi/json_writer.hpp"

#include "messages/base/json_escape.hpp"

namespace troupe::codec::openapi {

void json_writer::separate() {
  if (needs_comma_)
    out_ += ',';
  needs_comma_ = true;
}

void json_writer::open(char bracket) {
  separate();
  out_ += bracket;
  needs_comma_ = false;
}

void json_writer::close(char bracket) {
  out_ += bracket;
  needs_comma_ = true;
}

void json_writer::key(std::string_view name) {
  separate();
  append_json_string(out_, name);
  out_ += ':';
  needs_comma_ = false;
}

void json_writer::string(std::string_view value) {
  separate();
  append_json_string(out_, value);
}

void json_writer::raw(std::string_view json) {
  separate();
  out_ += json;
}

} // namespace troupe::codec::openapi
