#include "messages/protocol/wire_reader.hpp"
#include "messages/protocol/wire_writer.hpp"

#include <catch2/catch.hpp>

#include <limits>

using namespace troupe;
using wire::reader;
using wire::writer;

TEST_CASE("numbers survive at every width", "[protocol]") {
  for (int bit = 0; bit < 64; ++bit)
    for (std::uint64_t delta = 0; delta < 3; ++delta) {
      auto value = (std::uint64_t{1} << bit) + delta - 1;
      CAPTURE(value);
      writer out;
      out.number(value);
      out.signed_number(static_cast<std::int64_t>(value));
      out.signed_number(static_cast<std::int64_t>(0 - value));
      auto data = std::move(out).take();
      reader in{data};
      CHECK(in.number("n") == value);
      CHECK(in.signed_number("n") == static_cast<std::int64_t>(value));
      CHECK(in.signed_number("n") == static_cast<std::int64_t>(0 - value));
      CHECK(in.finish("n").has_value());
    }
}

TEST_CASE("texts, octets and arrays survive around every header",
          "[protocol]") {
  for (std::size_t size :
       {0, 1, 15, 16, 31, 32, 255, 256, 65535, 65536, 70000}) {
    CAPTURE(size);
    bytes body(size, 'x');
    writer out;
    out.text(body);
    out.octets(body);
    out.array(size);
    for (std::size_t i = 0; i < size; ++i)
      out.boolean(i % 2 == 0);
    auto data = std::move(out).take();
    reader in{data};
    CHECK(in.text("t", size) == body);
    CHECK(in.octets("o", size) == body);
    CHECK(in.array("a", size) == size);
    for (std::size_t i = 0; i < size; ++i)
      in.boolean("b");
    CHECK(in.finish("all").has_value());

    reader skipping{data};
    for (int i = 0; i < 3; ++i)
      skipping.skip("s");
    CHECK(skipping.finish("all").has_value());
    if (size > 0) {
      reader tight{data};
      tight.text("t", size - 1);
      CHECK(tight.finish("t").error().code == errc::too_large);
    }
  }
}

TEST_CASE("what is not minimal is refused", "[protocol]") {
  using namespace std::string_literals;
  for (auto& data :
       {"\xcc\x7f"s, "\xcd\x00\xff"s, "\xce\x00\x00\xff\xff"s, "\xd0\xe0"s,
        "\xd1\xff\x80"s, "\xd2\xff\xff\x80\x00"s, "\xd0\x05"s}) {
    CAPTURE(data);
    reader in{data};
    in.signed_number("n");
    CHECK_FALSE(in.finish("n").has_value());
  }
  for (auto& data : {"\xd9\x01x"s, "\xda\x00\x40"s, "\xdc\x00\x01\xc0"s}) {
    CAPTURE(data);
    reader text{data};
    text.text("t", 100);
    CHECK_FALSE(text.finish("t").has_value());
    reader list{data};
    list.array("a", 100);
    CHECK_FALSE(list.finish("a").has_value());
  }
}

TEST_CASE("the first failure stands", "[protocol]") {
  reader in{"\xc0"};
  in.number("first");
  in.number("second");
  auto done = in.finish("third");
  REQUIRE_FALSE(done.has_value());
  CHECK(done.error().message == "first: expected an unsigned integer");
}
