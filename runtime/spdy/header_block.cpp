#include "runtime/spdy/header_block.hpp"

#include "messages/base/check.hpp"
#include "runtime/spdy/integers.hpp"

#include <zlib.h>

namespace troupe::spdy {

namespace {

/// The dictionary: these words, each behind its length, then the text.
constexpr std::string_view dictionary_words[] = {
    "options",
    "head",
    "post",
    "put",
    "delete",
    "trace",
    "accept",
    "accept-charset",
    "accept-encoding",
    "accept-language",
    "accept-ranges",
    "age",
    "allow",
    "authorization",
    "cache-control",
    "connection",
    "content-base",
    "content-encoding",
    "content-language",
    "content-length",
    "content-location",
    "content-md5",
    "content-range",
    "content-type",
    "date",
    "etag",
    "expect",
    "expires",
    "from",
    "host",
    "if-match",
    "if-modified-since",
    "if-none-match",
    "if-range",
    "if-unmodified-since",
    "last-modified",
    "location",
    "max-forwards",
    "pragma",
    "proxy-authenticate",
    "proxy-authorization",
    "range",
    "referer",
    "retry-after",
    "server",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "user-agent",
    "vary",
    "via",
    "warning",
    "www-authenticate",
    "method",
    "get",
    "status",
    "200 OK",
    "version",
    "HTTP/1.1",
    "url",
    "public",
    "set-cookie",
    "keep-alive",
    "origin",
};

constexpr std::string_view dictionary_text =
    "100101201202205206300302303304305306307402405406407408409410411412413414"
    "415416417502504505203 Non-Authoritative Information204 No Content301 Moved"
    " Permanently400 Bad Request401 Unauthorized403 Forbidden404 Not Found500 "
    "Internal Server Error501 Not Implemented503 Service UnavailableJan Feb Mar"
    " Apr May Jun Jul Aug Sept Oct Nov Dec 00:00:00 Mon, Tue, Wed, Thu, Fri, "
    "Sat, Sun, GMTchunked,text/html,image/png,image/jpg,image/gif,application/"
    "xml,application/xhtml+xml,text/plain,text/javascript,publicprivatemax-age="
    "gzip,deflate,sdchcharset=utf-8charset=iso-8859-1,utf-,*,enq=0.";

bytes make_dictionary() {
  bytes out;
  for (const auto word : dictionary_words) {
    put32(out, static_cast<std::uint32_t>(word.size()));
    out += word;
  }
  out += dictionary_text;
  constexpr uLong upstream_checksum = 0xe3c6a7c2;
  TROUPE_CHECK(adler32(1, reinterpret_cast<const Bytef*>(out.data()),
                       static_cast<uInt>(out.size()))
                   == upstream_checksum,
               "the dictionary is SPDY/3's");
  return out;
}

const bytes& dictionary() {
  static const bytes text = make_dictionary();
  return text;
}

/// zlib reads through pointers to non-const octets and does not write there.
Bytef* octets_of(bytes_view text) {
  return reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
}

error broken(const char* what) {
  return error{errc::corrupt, std::string{"SPDY header block: "} + what};
}

/// Count, then length and octets of each name and value.
result<headers> parse(bytes_view text) {
  constexpr std::size_t least_entry = 8;
  const auto count = take32(text);
  if (!count || *count > text.size() / least_entry)
    return broken("too short for its count");
  headers out;
  for (std::uint32_t i = 0; i < *count; ++i) {
    const auto name = take_string(text);
    const auto value = name ? take_string(text) : std::nullopt;
    if (!value)
      return broken("a name or value is longer than the block");
    out.emplace_back(*name, *value);
  }
  if (!text.empty())
    return broken("octets behind the last value");
  return out;
}

} // namespace

std::string_view find(const headers& all, std::string_view name) {
  for (const auto& [key, value] : all)
    if (key == name)
      return std::string_view{value}.substr(0, value.find('\0'));
  return {};
}

header_decoder::header_decoder() : zlib_(std::make_unique<z_stream>()) {
  TROUPE_CHECK(inflateInit(zlib_.get()) == Z_OK, "zlib has memory");
}

header_decoder::~header_decoder() {
  inflateEnd(zlib_.get());
}

result<headers> header_decoder::decode(bytes_view block) {
  auto text = inflate_block(block);
  if (!text)
    return std::move(text).error();
  return parse(*text);
}

result<bytes> header_decoder::inflate_block(bytes_view block) {
  bytes out(header_block_max, '\0');
  zlib_->next_in = octets_of(block);
  zlib_->avail_in = static_cast<uInt>(block.size());
  zlib_->next_out = octets_of(out);
  zlib_->avail_out = static_cast<uInt>(out.size());
  while (zlib_->avail_in > 0) {
    const int code = inflate(zlib_.get(), Z_SYNC_FLUSH);
    if (code == Z_NEED_DICT) {
      if (inflateSetDictionary(zlib_.get(), octets_of(dictionary()),
                               static_cast<uInt>(dictionary().size()))
          != Z_OK)
        return broken("another dictionary");
    } else if (code != Z_OK && code != Z_BUF_ERROR) {
      return broken("not zlib");
    } else if (zlib_->avail_out == 0) {
      return error{errc::too_large, "SPDY header block: more than "
                                        + std::to_string(header_block_max)
                                        + " octets"};
    } else if (code == Z_BUF_ERROR) {
      break;
    }
  }
  out.resize(out.size() - zlib_->avail_out);
  return out;
}

header_encoder::header_encoder() : zlib_(std::make_unique<z_stream>()) {
  TROUPE_CHECK(deflateInit(zlib_.get(), Z_DEFAULT_COMPRESSION) == Z_OK,
               "zlib has memory");
  TROUPE_CHECK(deflateSetDictionary(zlib_.get(), octets_of(dictionary()),
                                    static_cast<uInt>(dictionary().size()))
                   == Z_OK,
               "zlib takes a dictionary first");
}

header_encoder::~header_encoder() {
  deflateEnd(zlib_.get());
}

bytes header_encoder::encode(const headers& values) {
  bytes text;
  put32(text, static_cast<std::uint32_t>(values.size()));
  for (const auto& [name, value] : values)
    for (const auto* part : {&name, &value}) {
      put32(text, static_cast<std::uint32_t>(part->size()));
      text += *part;
    }
  // A sync flush adds at most a few octets to what deflateBound knows of.
  constexpr std::size_t flush_octets_max = 16;
  bytes out(deflateBound(zlib_.get(), text.size()) + flush_octets_max, '\0');
  zlib_->next_in = octets_of(text);
  zlib_->avail_in = static_cast<uInt>(text.size());
  zlib_->next_out = octets_of(out);
  zlib_->avail_out = static_cast<uInt>(out.size());
  TROUPE_CHECK(deflate(zlib_.get(), Z_SYNC_FLUSH) == Z_OK, "deflate goes on");
  TROUPE_CHECK(zlib_->avail_out > 0, "a block is flushed whole");
  out.resize(out.size() - zlib_->avail_out);
  return out;
}

} // namespace troupe::spdy
