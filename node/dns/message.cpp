#include "node/dns/message.hpp"

#include "node/dns/flags.hpp"
#include "node/dns/name.hpp"
#include "node/dns/writer.hpp"

#include <algorithm>

namespace troupe::dns {

namespace {

struct header {
  std::uint16_t id = 0;
  std::uint16_t flags = 0;
  std::size_t questions = 0;
  std::size_t answers = 0;
  std::size_t authority = 0;
  std::size_t additional = 0;
};

/// Reads numbers in network order; past the end it reads zeros and says so.
class reader {
public:
  explicit reader(bytes_view message, std::size_t at = 0)
      : message_(message), at_(at) {}

  std::uint16_t u16() {
    const auto high = u8();
    return static_cast<std::uint16_t>(high << 8 | u8());
  }

  std::uint32_t u32() {
    const std::uint32_t high = u16();
    return high << 16 | u16();
  }

  bytes_view octets(std::size_t count) {
    if (count > message_.size() - at_) {
      failed_ = true;
      return {};
    }
    at_ += count;
    return message_.substr(at_ - count, count);
  }

  std::string name() {
    auto out = failed_ ? result<read_name>{error{errc::corrupt, ""}}
                       : name_at(message_, at_);
    if (!out) {
      failed_ = true;
      return {};
    }
    at_ = out->end;
    return std::move(out->text);
  }

  std::size_t at() const { return at_; }
  bool failed() const { return failed_; }

private:
  unsigned u8() {
    const auto one = octets(1);
    return one.empty() ? 0 : static_cast<unsigned char>(one[0]);
  }

  bytes_view message_;
  std::size_t at_;
  bool failed_ = false;
};

header read_header(reader& in) {
  header out;
  out.id = in.u16();
  out.flags = in.u16();
  out.questions = in.u16();
  out.answers = in.u16();
  out.authority = in.u16();
  out.additional = in.u16();
  return out;
}

question read_question(reader& in, bytes_view message) {
  question out;
  const auto begin = in.at();
  out.name = in.name();
  // A pointer cannot lead backwards from the first name there is.
  if (!in.failed())
    out.name_octets = bytes{message.substr(begin, in.at() - begin)};
  out.type = in.u16();
  out.class_ = in.u16();
  return out;
}

/// What stands before a record's data.
struct record_head {
  std::string owner;
  std::uint16_t type = 0;
  std::uint16_t class_ = 0;
  std::uint32_t ttl = 0;
  std::size_t length = 0;
};

record_head read_record_head(reader& in) {
  record_head out;
  out.owner = in.name();
  out.type = in.u16();
  out.class_ = in.u16();
  out.ttl = in.u32();
  out.length = in.u16();
  return out;
}

edns to_edns(const record_head& from) {
  edns out;
  out.payload = std::max<std::size_t>(from.class_, plain_octets_max);
  out.version = static_cast<std::uint8_t>(from.ttl >> 16);
  out.dnssec_ok = (from.ttl & 0x8000) != 0;
  return out;
}

/// One OPT at most, at the root (RFC 6891 6.1.1). False: malformed.
bool read_extensions(reader& in, const header& head, query& out) {
  const auto others = head.answers + head.authority;
  for (std::size_t i = 0; i < others + head.additional; ++i) {
    const auto record = read_record_head(in);
    in.octets(record.length);
    if (in.failed())
      return false;
    if (record.type != static_cast<std::uint16_t>(record_type::opt))
      continue;
    if (i < others || out.extension || !record.owner.empty())
      return false;
    out.extension = to_edns(record);
  }
  return true;
}

/// A header alone: who cannot be understood gets nothing to read.
bad_query refuse(const header& head, response_code code) {
  writer out;
  out.u16(head.id);
  out.u16(static_cast<std::uint16_t>(
      flag::response | (head.flags & (flag::opcode | flag::recursion_desired))
      | static_cast<unsigned>(code)));
  for (int i = 0; i < 4; ++i)
    out.u16(0);
  return {out.take()};
}

std::optional<record> read_record(reader& in, bytes_view message) {
  const auto head = read_record_head(in);
  const auto data = in.at();
  const auto octets = in.octets(head.length);
  if (in.failed() || head.class_ != class_internet)
    return std::nullopt;
  record out{head.owner, static_cast<record_type>(head.type), head.ttl, {}};
  switch (out.type) {
    case record_type::a:
    case record_type::aaaa: {
      auto address = ip_address::from_octets(octets);
      const bool four = out.type == record_type::a;
      if (!address || (address->family() == ip_family::v4) != four)
        return std::nullopt;
      out.data = *address;
      return out;
    }
    case record_type::cname: {
      auto target = name_at(message, data);
      if (!target || target->end != data + head.length)
        return std::nullopt;
      out.data = name_data{std::move(target->text)};
      return out;
    }
    default:
      return std::nullopt;
  }
}

} // namespace

std::size_t query::response_octets_max() const {
  return extension ? std::min(extension->payload, datagram_octets_max)
                   : plain_octets_max;
}

result<query, bad_query> parse_query(bytes_view message) {
  reader in{message};
  const auto head = read_header(in);
  if (in.failed() || (head.flags & flag::response) != 0)
    return bad_query{};
  if (message.size() > query_octets_max)
    return refuse(head, response_code::format_error);
  if ((head.flags & flag::opcode) != 0)
    return refuse(head, response_code::not_implemented);
  if (head.questions != 1)
    return refuse(head, response_code::format_error);
  query out;
  out.id = head.id;
  out.recursion_desired = (head.flags & flag::recursion_desired) != 0;
  out.asked = read_question(in, message);
  if (in.failed() || !read_extensions(in, head, out))
    return refuse(head, response_code::format_error);
  return out;
}

question make_question(std::string_view name, record_type type) {
  question out;
  out.name = name;
  out.type = static_cast<std::uint16_t>(type);
  writer octets;
  octets.name(name);
  out.name_octets = octets.take();
  return out;
}

result<response> parse_response(bytes_view message, const query& asked) {
  reader in{message};
  const auto head = read_header(in);
  const auto echoed = read_question(in, message);
  if (in.failed() || head.id != asked.id || (head.flags & flag::response) == 0
      || head.questions != 1 || echoed.name != asked.asked.name
      || echoed.type != asked.asked.type || echoed.class_ != asked.asked.class_)
    return error{errc::corrupt, "no response to what was asked"};
  response out;
  out.code = static_cast<response_code>(head.flags & flag::code);
  out.truncated = (head.flags & flag::truncated) != 0;
  for (std::size_t i = 0; i < head.answers && !in.failed(); ++i)
    if (auto one = read_record(in, message))
      out.answers.push_back(std::move(*one));
  return out;
}

bytes relay_response(bytes_view message, const query& to,
                     std::size_t octets_max) {
  bytes out{message};
  TROUPE_CHECK(out.size() >= header_octets, "a parsed message has a header");
  out[0] = static_cast<char>(to.id >> 8);
  out[1] = static_cast<char>(to.id & 0xff);
  if (out.size() <= octets_max)
    return out;
  answer cut;
  cut.code = static_cast<response_code>(static_cast<unsigned char>(message[3])
                                        & flag::code);
  cut.truncated = true;
  return encode_response(to, cut, octets_max);
}

} // namespace troupe::dns
