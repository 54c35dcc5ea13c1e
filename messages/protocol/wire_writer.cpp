#include "messages/protocol/wire_writer.hpp"

#include "messages/base/check.hpp"

#include <msgpack.hpp>

#include <limits>

namespace troupe::wire {

namespace {

struct appender {
  bytes& out;

  void write(const char* data, std::size_t size) { out.append(data, size); }
};

/// msgpack lengths have 32 bits.
std::uint32_t length(std::size_t size) {
  TROUPE_CHECK(size <= std::numeric_limits<std::uint32_t>::max(),
               "a message part is shorter than 4 GiB");
  return static_cast<std::uint32_t>(size);
}

template <class F>
void pack(bytes& out, F&& write) {
  appender sink{out};
  msgpack::packer<appender> packer{sink};
  write(packer);
}

} // namespace

void writer::map(std::size_t fields) {
  pack(out_, [&](auto& p) { p.pack_map(length(fields)); });
}

void writer::array(std::size_t elements) {
  pack(out_, [&](auto& p) { p.pack_array(length(elements)); });
}

void writer::number(std::uint64_t value) {
  pack(out_, [&](auto& p) { p.pack_uint64(value); });
}

void writer::signed_number(std::int64_t value) {
  pack(out_, [&](auto& p) { p.pack_int64(value); });
}

void writer::boolean(bool value) {
  pack(out_, [&](auto& p) { value ? p.pack_true() : p.pack_false(); });
}

void writer::octets(bytes_view value) {
  pack(out_, [&](auto& p) {
    p.pack_bin(length(value.size()));
    p.pack_bin_body(value.data(), length(value.size()));
  });
}

void writer::text(std::string_view value) {
  pack(out_, [&](auto& p) {
    p.pack_str(length(value.size()));
    p.pack_str_body(value.data(), length(value.size()));
  });
}

} // namespace troupe::wire
