#include "runtime/http/gzip.hpp"

#include <zlib.h>

namespace troupe::http {

std::optional<bytes> gzip(bytes_view data) {
  constexpr int gzip_window_bits = 15 + 16;
  constexpr int memory_level = 8;
  z_stream stream{};
  if (deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, gzip_window_bits,
                   memory_level, Z_DEFAULT_STRATEGY)
      != Z_OK)
    return std::nullopt;
  bytes out(deflateBound(&stream, data.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(data.data()));
  stream.avail_in = static_cast<uInt>(data.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const int ended = deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  if (ended != Z_STREAM_END)
    return std::nullopt;
  return out;
}

bool accepts_gzip(std::string_view accept_encoding) {
  while (!accept_encoding.empty()) {
    const auto end = accept_encoding.find(',');
    auto item = accept_encoding.substr(0, end);
    accept_encoding = end == accept_encoding.npos
                          ? std::string_view{}
                          : accept_encoding.substr(end + 1);
    while (!item.empty() && item.front() == ' ')
      item.remove_prefix(1);
    const auto name = item.substr(0, item.find_first_of("; "));
    if (name == "gzip" || name == "*")
      return item.find("q=0") == item.npos || item.find("q=0.") != item.npos;
  }
  return false;
}

} // namespace troupe::http
