#include "node/dns/writer.hpp"

#include "messages/base/check.hpp"
#include "messages/base/overload.hpp"
#include "node/dns/flags.hpp"
#include "node/dns/message.hpp"
#include "node/dns/name.hpp"

#include <algorithm>

namespace troupe::dns {

namespace {

constexpr std::size_t pointer_max = 0x3fff;

std::string_view without_first(std::string_view text) {
  const auto dot = text.find('.');
  return dot == text.npos ? std::string_view{} : text.substr(dot + 1);
}

void put_extension(writer& out, const edns& asked, response_code code) {
  out.u8(0); // the root
  out.u16(static_cast<unsigned>(record_type::opt));
  out.u16(datagram_octets_max);
  out.u8(static_cast<unsigned>(code) >> 4);
  out.u8(0); // the version
  out.u16(asked.dnssec_ok ? 0x8000 : 0);
  out.u16(0);
}

/// OPT without options.
constexpr std::size_t extension_octets = 11;

void put_question(writer& out, const question& asked) {
  out.name_as(asked.name_octets, asked.name);
  out.u16(asked.type);
  out.u16(asked.class_);
}

/// How many of the records were written before the message was full.
std::size_t put_all(writer& out, const std::vector<record>& records,
                    std::size_t octets_max) {
  for (std::size_t i = 0; i < records.size(); ++i) {
    const auto before = out.size();
    out.put(records[i]);
    if (out.size() <= octets_max)
      continue;
    out.cut(before);
    return i;
  }
  return records.size();
}

} // namespace

void writer::note(std::string_view text, std::size_t at) {
  if (at <= pointer_max)
    places_.emplace(std::string{text}, at);
}

void writer::name(std::string_view text) {
  while (!text.empty()) {
    if (const auto found = places_.find(text); found != places_.end()) {
      u16(0xc000U | static_cast<unsigned>(found->second));
      return;
    }
    note(text, out_.size());
    const auto label = label_octets(text.substr(0, text.find('.')));
    TROUPE_CHECK(!label.empty(), "a name has no empty label");
    TROUPE_CHECK(label.size() <= label_octets_max, "a label fits on the wire");
    u8(static_cast<unsigned>(label.size()));
    octets(label);
    text = without_first(text);
  }
  u8(0);
}

void writer::name_as(bytes_view octets_as, std::string_view text) {
  auto at = out_.size();
  octets(octets_as);
  for (; !text.empty(); text = without_first(text)) {
    note(text, at);
    at += 1 + static_cast<unsigned char>(out_[at]);
  }
}

void writer::put(const record& what) {
  name(what.owner);
  u16(static_cast<unsigned>(what.type));
  u16(class_internet);
  u32(what.ttl);
  const auto length = out_.size();
  u16(0);
  std::visit(overload{
                 [&](const ip_address& it) { octets(it.octets()); },
                 [&](const name_data& it) { name(it.name); },
                 [&](const srv_data& it) {
                   u16(it.priority);
                   u16(it.weight);
                   u16(it.port);
                   // RFC 2782: not compressed.
                   auto target = make_question(it.target, record_type::a);
                   octets(target.name_octets);
                 },
                 [&](const text_data& it) {
                   TROUPE_CHECK(it.text.size() <= 255, "a text is one string");
                   u8(static_cast<unsigned>(it.text.size()));
                   octets(it.text);
                 },
                 [&](const soa_data& it) {
                   name(it.server);
                   name(it.mailbox);
                   for (const auto number : {it.serial, it.refresh, it.retry,
                                             it.expire, it.minimum})
                     u32(number);
                 },
             },
             what.data);
  set_u16(length, static_cast<unsigned>(out_.size() - length - 2));
}

void writer::cut(std::size_t size) {
  TROUPE_CHECK(size <= out_.size(), "only what is there is taken back");
  out_.resize(size);
  std::erase_if(places_, [&](const auto& it) { return it.second >= size; });
}

void writer::set_u16(std::size_t at, unsigned value) {
  TROUPE_CHECK(at + 2 <= out_.size(), "only what is there is written over");
  out_[at] = static_cast<char>(value >> 8 & 0xff);
  out_[at + 1] = static_cast<char>(value & 0xff);
}

bytes encode_query(const query& what) {
  writer out;
  out.u16(what.id);
  out.u16(what.recursion_desired ? flag::recursion_desired : 0);
  out.u16(1);
  out.u16(0);
  out.u16(0);
  out.u16(what.extension ? 1 : 0);
  put_question(out, what.asked);
  if (what.extension)
    put_extension(out, *what.extension, response_code::no_error);
  return out.take();
}

bytes encode_response(const query& to, const answer& what,
                      std::size_t octets_max) {
  constexpr std::size_t flags_at = 2;
  constexpr std::size_t counts_at = 4;
  const auto room = octets_max - (to.extension ? extension_octets : 0);
  writer out;
  out.u16(to.id);
  for (std::size_t at = out.size(); at < header_octets; at += 2)
    out.u16(0);
  put_question(out, to.asked);
  const auto answers = put_all(out, what.answers, room);
  const bool cut = answers < what.answers.size();
  const auto authority = cut ? 0 : put_all(out, what.authority, room);
  const auto additional = cut ? 0 : put_all(out, what.additional, room);
  if (to.extension)
    put_extension(out, *to.extension, what.code);
  out.set_u16(flags_at,
              flag::response | (what.authoritative ? flag::authoritative : 0)
                  | (cut || what.truncated ? flag::truncated : 0)
                  | (to.recursion_desired ? flag::recursion_desired : 0)
                  | flag::recursion_available
                  | (static_cast<unsigned>(what.code) & flag::code));
  out.set_u16(counts_at, 1);
  out.set_u16(counts_at + 2, static_cast<unsigned>(answers));
  out.set_u16(counts_at + 4, static_cast<unsigned>(authority));
  out.set_u16(counts_at + 6,
              static_cast<unsigned>(additional) + (to.extension ? 1 : 0));
  return out.take();
}

} // namespace troupe::dns
