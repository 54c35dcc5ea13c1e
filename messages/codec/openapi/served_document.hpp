#pragma once

#include "messages/base/bytes.hpp"

#include <string>

namespace troupe::codec {

/// A body that is made once and served many times.
struct served_document {
  shared_bytes body;
  /// 16 hexadecimal digits that follow from the bytes alone (FNV-1a, 64 bits):
  /// equal on every server that serves the same bytes.
  std::string hash;

  /// As the ETag header wants it: the hash in quotes.
  std::string etag() const { return '"' + hash + '"'; }
};

/// Takes the bytes and computes their hash.
served_document make_served_document(bytes body);

} // namespace troupe::codec
