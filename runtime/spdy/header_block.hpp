#pragma once

#include "messages/base/bytes.hpp"
#include "messages/base/result.hpp"

#include <memory>
#include <string>
#include <utility>
#include <vector>

struct z_stream_s;

namespace troupe::spdy {

/// Names in lower case, in order; a value may hold several, separated by NUL.
using headers = std::vector<std::pair<std::string, std::string>>;

/// Octets of one header block once decompressed; more is `too_large`.
inline constexpr std::size_t header_block_max = 16 * 1024;

/// The first value of `name`, or empty.
std::string_view find(const headers& all, std::string_view name);

/// Decompresses the header blocks of one direction of a session, in order: all
/// share one zlib context that begins with SPDY/3's dictionary (SPDY protocol
/// draft 3.1, section 2.6.10.1).
class header_decoder {
public:
  header_decoder();
  ~header_decoder();

  /// Fails with `corrupt` or `too_large`; the decoder is of no use afterwards.
  result<headers> decode(bytes_view block);

private:
  result<bytes> inflate_block(bytes_view block);

  std::unique_ptr<z_stream_s> zlib_;
};

/// The other side of it.
class header_encoder {
public:
  header_encoder();
  ~header_encoder();

  bytes encode(const headers& values);

private:
  std::unique_ptr<z_stream_s> zlib_;
};

} // namespace troupe::spdy
