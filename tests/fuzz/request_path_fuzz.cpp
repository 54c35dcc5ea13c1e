#include "messages/api/request_info.hpp"
#include "messages/base/check.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>

/// Any method, path and field selector, separated by newlines, are read; a
/// resource request names its resource.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using namespace troupe;
  std::string_view rest{reinterpret_cast<const char*>(data), size};
  const auto take = [&] {
    const auto line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    return std::string{line};
  };
  const auto method = take();
  const auto path = take();
  const api::query_parameters query = {{"fieldSelector", take()},
                                       {"watch", take()}};
  const auto info = api::parse_request_info(method, path, query);
  if (info && info->is_resource) {
    TROUPE_CHECK(!info->parts.empty(), "a resource request has parts");
    TROUPE_CHECK(info->resource == info->parts.front(),
                 "the first part is the resource");
  }
  return 0;
}
