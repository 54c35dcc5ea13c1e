#include "messages/base/check.hpp"
#include "node/log/log_line.hpp"

#include <cstddef>
#include <cstdint>

/// A record prints as one that reads the same.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using namespace troupe;
  using namespace troupe::container_log;
  const bytes_view record{reinterpret_cast<const char*>(data), size};
  const auto line = parse_line(record);
  if (!line)
    return 0;
  TROUPE_CHECK(line->text.size() < record.size(), "the text is a part");
  auto printed = format_log_time(line->time);
  // An offset may carry a time at the edge into a year that is not read.
  printed += line->from == stream::standard_output ? " stdout " : " stderr ";
  printed += line->partial ? "P " : "F ";
  printed += line->text;
  const auto again = parse_line(printed);
  TROUPE_CHECK(!again || *again == *line, "a printed record reads the same");
  return 0;
}
