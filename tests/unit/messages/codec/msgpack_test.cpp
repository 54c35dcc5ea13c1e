#include "messages/codec/json.hpp"
#include "messages/codec/msgpack.hpp"
#include "tests/unit/messages/codec/json_widget.hpp"

#include <catch2/catch.hpp>

#include <random>

using namespace troupe;
using namespace troupe::codec;

namespace {

/// Random documents of the widget type, with members no type knows.
class generator {
public:
  explicit generator(std::uint32_t seed) : random_{seed} {}

  document make() {
    document doc{&widget::type()};
    doc.root(*object(doc, &widget::type(), 0));
    return doc;
  }

private:
  std::uint32_t below(std::uint32_t n) { return random_() % n; }

  std::string text() {
    std::string out(below(5) == 0 ? below(400) : below(40), 'a');
    for (auto& c : out)
      c = static_cast<char>('a' + below(26));
    return out;
  }

  std::int64_t integer() {
    const auto wide = static_cast<std::uint64_t>(random_()) << 32 | random_();
    return static_cast<std::int64_t>(wide) >> below(64);
  }

  node* object(document& doc, const schema::type_desc* type, int depth) {
    auto* out = doc.make_object();
    for (const auto& field : type->fields)
      if (below(2) == 0)
        doc.set(*out, field.id, value(doc, field, depth));
    if (below(4) == 0)
      doc.set(*out, 20'000 + below(70'000), unknown(doc, depth + 1));
    return out;
  }

  node* value(document& doc, const schema::field_desc& field, int depth) {
    if (field.many == schema::cardinality::one)
      return element(doc, field, depth);
    const auto count = below(20);
    if (field.many == schema::cardinality::list) {
      auto* out = doc.make_list();
      for (std::uint32_t i = 0; i < count; ++i)
        doc.push_back(*out, element(doc, field, depth));
      return out;
    }
    auto* out = doc.make_map();
    for (std::uint32_t i = 0; i < count; ++i)
      doc.set(*out, text(), element(doc, field, depth));
    return out;
  }

  node* element(document& doc, const schema::field_desc& field, int depth) {
    switch (field.type) {
      case schema::value_type::boolean:
        return doc.make_boolean(below(2) == 0);
      case schema::value_type::int32:
      case schema::value_type::int64:
      case schema::value_type::int_or_string:
        return doc.make_integer(integer());
      case schema::value_type::real:
        return doc.make_real(static_cast<double>(integer()) / 8);
      case schema::value_type::object:
        return object(doc, field.object, depth + 1);
      case schema::value_type::json:
        return json(doc, depth + 1);
      default:
        return doc.make_string(text());
    }
  }

  node* json(document& doc, int depth) {
    switch (below(depth > 5 ? 4 : 6)) {
      case 0:
        return doc.make_null();
      case 1:
        return doc.make_integer(integer());
      case 2:
        return doc.make_real(static_cast<double>(integer()));
      case 3:
        return doc.make_string(text());
      case 4: {
        auto* out = doc.make_list();
        for (auto i = below(20); i > 0; --i)
          doc.push_back(*out, json(doc, depth + 1));
        return out;
      }
      default: {
        auto* out = doc.make_map();
        for (auto i = below(20); i > 0; --i)
          doc.set(*out, text(), json(doc, depth + 1));
        return out;
      }
    }
  }

  node* unknown(document& doc, int depth) {
    switch (below(depth > 4 ? 2 : 4)) {
      case 0:
        return doc.make_integer(integer());
      case 1:
        return doc.make_octets(text());
      case 2: {
        auto* out = doc.make_object();
        for (auto i = below(5); i > 0; --i)
          doc.set(*out, 1 + below(100'000), unknown(doc, depth + 1));
        return out;
      }
      default: {
        auto* out = doc.make_map();
        doc.set(*out, text(), unknown(doc, depth + 1));
        return out;
      }
    }
  }

  std::mt19937 random_;
};

} // namespace

TEST_CASE("unpacking undoes packing, for any document") {
  for (std::uint32_t seed = 0; seed < 300; ++seed) {
    INFO("seed " << seed);
    auto doc = generator{seed}.make();
    const auto packed = encode_msgpack(doc.root(), &widget::type());
    auto got = decode_msgpack(packed, &widget::type());
    if (!got)
      FAIL(got.error().message);
    CHECK(equal(got->root(), doc.root()));
    CHECK(encode_msgpack(got->root(), &widget::type()) == packed);
  }
}

TEST_CASE("a prefix or a changed octet never passes for another form") {
  auto doc = generator{7}.make();
  const auto packed = encode_msgpack(doc.root(), &widget::type());
  for (std::size_t i = 0; i < packed.size(); ++i) {
    CHECK_FALSE(decode_msgpack(packed.substr(0, i), &widget::type()));
    auto changed = packed;
    changed[i] = static_cast<char>(changed[i] ^ 0x81);
    auto got = decode_msgpack(changed, &widget::type());
    if (got)
      CHECK(encode_msgpack(got->root(), &widget::type()) == changed);
  }
}

TEST_CASE("what is not the one form is corrupt") {
  using namespace std::string_literals;
  struct row {
    std::string name;
    bytes given;
  };

  for (const auto& x : {
           row{"integer too long", "\x81\x03\xd0\x05"s},
           row{"unsigned too long", "\x81\x03\xcc\x05"s},
           row{"negative too long", "\x81\x03\xd1\xff\xff"s},
           row{"text length too long", "\x81\x06\xd9\x01x"s},
           row{"map length too long", "\xde\x00\x01\x03\x05"s},
           row{"ids descend", "\x82\x06\xa1x\x03\x05"s},
           row{"id twice", "\x82\x03\x05\x03\x05"s},
           row{"id zero", "\x81\x00\x05"s},
           row{"keys descend", "\x81\x0e\x82\xa1z\xa0\xa1y\xa0"s},
           row{"text where a number belongs", "\x81\x03\xa1x"s},
           row{"text where octets belong", "\x81\x07\xa1x"s},
           row{"float32", "\x81\x05\xca\x00\x00\x00\x00"s},
           row{"extension", "\x81\x05\xd4\x00\x00"s},
           row{"beyond int64", "\x81\x04\xcf\xff\xff\xff\xff\xff\xff\xff\xff"s},
           row{"no UTF-8", "\x81\x06\xa1\xff"s},
           row{"root is no object", "\xa1x"s},
           row{"something behind", "\x80\xc0"s},
           row{"nothing", ""s},
           row{"huge length", "\xdf\xff\xff\xff\xff"s},
       }) {
    INFO(x.name);
    auto got = decode_msgpack(x.given, &widget::type());
    REQUIRE_FALSE(got);
    CHECK(got.error().code == errc::corrupt);
  }
}

TEST_CASE("msgpack past a limit is too large") {
  const bytes nested(10, '\x91');
  auto deep = decode_msgpack(nested + '\xc0', nullptr, {.depth_max = 9});
  REQUIRE_FALSE(deep);
  CHECK(deep.error().code == errc::too_large);
  CHECK(decode_msgpack(nested + '\xc0', nullptr, {.depth_max = 10}));
  auto many = decode_msgpack("\x92\x01\x02", nullptr, {.nodes_max = 2});
  REQUIRE_FALSE(many);
  CHECK(many.error().code == errc::too_large);
}
