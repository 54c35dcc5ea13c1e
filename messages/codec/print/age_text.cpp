#include "messages/codec/print/age_text.hpp"

#include "messages/codec/print/human_duration.hpp"
#include "messages/meta/time.hpp"

namespace troupe::codec {

std::string age_text(const node* time, wall_time now) {
  auto since = meta::parse_time(time ? time->string_or("") : "");
  return since ? human_duration(now - *since) : "<unknown>";
}

} // namespace troupe::codec
