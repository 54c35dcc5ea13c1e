#include "node/dns/message.hpp"
#include "node/dns/name.hpp"
#include "runtime/base/prng.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::dns;

namespace {

/// "abcd" as octets 0xab 0xcd; blanks are ignored.
bytes hex(std::string_view text) {
  bytes out;
  std::string pair;
  for (const char c : text) {
    if (c == ' ')
      continue;
    pair += c;
    if (pair.size() == 2) {
      out += static_cast<char>(std::stoi(pair, nullptr, 16));
      pair.clear();
    }
  }
  return out;
}

/// Id 0x1234, recursion desired, one question for web.one A.
const bytes plain = hex("1234 0100 0001 0000 0000 0000"
                        "03776562 036f6e65 00 0001 0001");

unsigned code_of(const bytes& response) {
  return static_cast<unsigned char>(response.at(3)) & 0xfU;
}

bool is_cut(const bytes& response) {
  return (static_cast<unsigned char>(response.at(2)) & 2U) != 0;
}

/// The refusal of a message that must be bad.
bytes refusal(const bytes& message) {
  auto parsed = parse_query(message);
  REQUIRE_FALSE(parsed);
  return parsed.error().response;
}

record address_of(std::string_view owner, const std::string& text) {
  return {std::string{owner}, record_type::a, 5, *ip_address::parse(text)};
}

answer many(std::size_t count) {
  answer out;
  for (std::size_t i = 0; i < count; ++i)
    out.answers.push_back(
        address_of("web.one", "10.244." + std::to_string(i / 256) + "."
                                  + std::to_string(i % 256)));
  return out;
}

query must_parse(const bytes& message) {
  auto out = parse_query(message);
  REQUIRE(out);
  return std::move(*out);
}

} // namespace

TEST_CASE("a question as it comes from the wire", "[dns]") {
  const auto got = must_parse(plain);
  CHECK(got.id == 0x1234);
  CHECK(got.recursion_desired);
  CHECK(got.asked.name == "web.one");
  CHECK(got.asked.asks(record_type::a));
  CHECK(got.response_octets_max() == 512);
  CHECK(encode_query(got) == plain);
}

TEST_CASE("EDNS says how much its sender can take", "[dns]") {
  auto with = plain;
  with[11] = 1;
  const auto small = must_parse(with + hex("00 0029 0010 00000000 0000"));
  CHECK(small.response_octets_max() == 512);
  const auto middle = must_parse(with + hex("00 0029 0300 00000000 0000"));
  CHECK(middle.response_octets_max() == 0x300);
  const auto large = must_parse(with + hex("00 0029 ffff 00018000 0000"));
  CHECK(large.response_octets_max() == datagram_octets_max);
  CHECK(large.extension->version == 1);
  CHECK(large.extension->dnssec_ok);
}

TEST_CASE("what is no question is refused, or not answered", "[dns]") {
  // Too short for a header, and a response: nothing is due.
  CHECK(refusal({}).empty());
  CHECK(refusal(plain.substr(0, 11)).empty());
  auto response = plain;
  response[2] = static_cast<char>(0x81);
  CHECK(refusal(response).empty());
  const auto malformed = [&](const bytes& message) {
    const auto out = refusal(message);
    REQUIRE(out.size() == 12);
    CHECK(out.substr(0, 2) == plain.substr(0, 2));
    CHECK(code_of(out) == 1);
  };
  malformed(plain.substr(0, plain.size() - 1));
  malformed(plain.substr(0, 12));
  auto two = plain;
  two[5] = 2;
  malformed(two);
  // Records that are announced and do not come; two OPT; one not at the root.
  auto extended = plain;
  extended[11] = 1;
  malformed(extended);
  malformed(extended + hex("0161 00 0029 0200 00000000 0000"));
  extended[11] = 2;
  malformed(extended
            + hex("00 0029 0200 00000000 0000 00 0029 0200 00000000 0000"));
  malformed(plain + bytes(query_octets_max, 'x'));
  // STATUS.
  auto other = plain;
  other[2] = 0x10;
  CHECK(code_of(refusal(other)) == 4);
}

TEST_CASE("a name leads nobody round in a circle", "[dns]") {
  const auto at = [](const char* text) {
    return name_at(bytes(12, '\0') + hex(text), 12);
  };
  // To itself, forwards, into the header, cut off, unknown kinds of labels.
  for (const auto* bad : {"c00c", "0161 c00c", "c00e 00", "c000", "c00b", "c0",
                          "c1ff", "4161", "8161", "3f61", "0161", ""})
    CHECK_FALSE(at(bad));
  CHECK(at("0161 0162 00")->text == "a.b");
  CHECK(at("00")->text.empty());
  CHECK(at("03412e42 00")->text == "a\\046b");
  // Backwards is fine, also twice.
  const auto message = bytes(12, '\0') + hex("0161 00 0162 c00c 0163 c00f");
  CHECK(name_at(message, 19)->text == "c.b.a");
  CHECK(name_at(message, 19)->end == 23);
  // 255 octets, and one more.
  bytes longest;
  for (int i = 0; i < 3; ++i)
    longest += bytes(1, 63) + bytes(63, 'a');
  CHECK(name_at(bytes(12, '\0') + longest + bytes(1, 61) + bytes(61, 'a')
                    + bytes(1, '\0'),
                12));
  CHECK_FALSE(name_at(bytes(12, '\0') + longest + bytes(1, 62) + bytes(62, 'a')
                          + bytes(1, '\0'),
                      12));
}

TEST_CASE("a response repeats the question and points back to it", "[dns]") {
  auto asked = must_parse(hex("1234 0100 0001 0000 0000 0000"
                              "03576542 036f6e65 00 0001 0001"));
  auto said = many(1);
  said.authoritative = true;
  CHECK(encode_response(asked, said, plain_octets_max)
        == hex("1234 8580 0001 0001 0000 0000"
               "03576542 036f6e65 00 0001 0001"
               "c00c 0001 0001 00000005 0004 0af40000"));
}

TEST_CASE("what does not fit is left out, and said to be", "[dns]") {
  auto asked = must_parse(plain);
  const auto all = many(100);
  const auto small = encode_response(asked, all, asked.response_octets_max());
  CHECK(small.size() <= 512);
  CHECK(small.size() > 480);
  CHECK(is_cut(small));
  const auto read = parse_response(small, asked);
  REQUIRE(read);
  CHECK(read->truncated);
  CHECK(std::equal(read->answers.begin(), read->answers.end(),
                   all.answers.begin()));
  const auto whole = encode_response(asked, all, stream_octets_max);
  CHECK_FALSE(is_cut(whole));
  CHECK(parse_response(whole, asked)->answers == all.answers);
  // Additional records go without a word.
  answer more = many(2);
  more.additional = many(100).answers;
  CHECK_FALSE(is_cut(encode_response(asked, more, 512)));
}

TEST_CASE("a relayed response has the asker's id and size", "[dns]") {
  auto asked = must_parse(plain);
  auto others = asked;
  others.id = 77;
  const auto large = encode_response(others, many(100), stream_octets_max);
  CHECK_FALSE(parse_response(large, asked));
  REQUIRE(parse_response(large, others));
  const auto cut = relay_response(large, asked, 512);
  CHECK(is_cut(cut));
  CHECK(parse_response(cut, asked));
  const auto same = relay_response(large, asked, stream_octets_max);
  CHECK(same.substr(2) == large.substr(2));
  CHECK(parse_response(same, asked)->answers.size() == 100);
  auto other_name = others;
  other_name.asked = make_question("web.two", record_type::a);
  CHECK_FALSE(parse_response(large, other_name));
}

TEST_CASE("whatever is written is read again", "[dns]") {
  prng random{17};
  const auto label = [&] {
    bytes out;
    const auto count = 1 + random.below(random.chance(5) ? 40 : 6);
    for (std::uint64_t i = 0; i < count; ++i)
      out += static_cast<char>(random.chance(90) ? 'a' + random.below(26)
                                                 : random.below(256));
    return out;
  };
  const auto name = [&](std::string_view below) {
    bytes wire(12, '\0');
    for (std::uint64_t i = random.below(3); i > 0; --i) {
      const auto one = label();
      wire += static_cast<char>(one.size()) + one;
    }
    auto text = name_at(wire + bytes(1, '\0'), 12)->text;
    if (!below.empty())
      text += (text.empty() ? "" : ".") + std::string{below};
    return text;
  };
  for (int round = 0; round < 2000; ++round) {
    query asked;
    asked.id = static_cast<std::uint16_t>(random.next());
    asked.recursion_desired = random.chance(50);
    asked.asked = make_question(name("cluster.local"), record_type::a);
    if (random.chance(50))
      asked.extension = edns{512 + random.below(4000), 0, random.chance(50)};
    auto parsed = must_parse(encode_query(asked));
    if (asked.extension)
      parsed.extension->payload = asked.extension->payload;
    CHECK(parsed == asked);
    answer said;
    said.code =
        random.chance(10) ? response_code::name_error : response_code::no_error;
    for (auto i = random.below(20); i > 0; --i) {
      const auto owner = name(random.chance(50) ? asked.asked.name : "local");
      if (random.chance(30))
        said.answers.push_back(
            {owner, record_type::cname, 7, name_data{name("cluster.local")}});
      else
        said.answers.push_back(address_of(owner, "10.0.0.1"));
    }
    const auto max = 300 + random.below(1000);
    const auto octets = encode_response(asked, said, max);
    CHECK(octets.size() <= max);
    const auto read = parse_response(octets, asked);
    REQUIRE(read);
    CHECK(read->code == said.code);
    CHECK(read->truncated == (read->answers.size() < said.answers.size()));
    CHECK(std::equal(read->answers.begin(), read->answers.end(),
                     said.answers.begin()));
  }
}
