#include "messages/meta/quantity.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <random>
#include <sstream>
#include <vector>

using troupe::meta::canonical_quantity;
using troupe::meta::quantity;
using troupe::meta::quantity_format;

namespace {

std::string trim(std::string text) {
  text.erase(0, text.find_first_not_of(' '));
  return text.substr(0, text.find_last_not_of(' ') + 1);
}

std::vector<std::vector<std::string>> read_table(const std::string& path) {
  std::ifstream file{path};
  REQUIRE(file);
  std::vector<std::vector<std::string>> rows;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line[0] == '#')
      continue;
    rows.emplace_back();
    std::istringstream cells{line};
    for (std::string cell; std::getline(cells, cell, '|');)
      rows.back().push_back(trim(cell));
  }
  return rows;
}

quantity read(std::string_view text) {
  auto parsed = quantity::parse(text);
  INFO(text);
  REQUIRE(parsed);
  return *parsed;
}

/// A number of nano units below 2^60 with a random suffix that holds it.
std::string random_text(std::mt19937_64& random) {
  static constexpr std::string_view suffixes[] = {
      "",   "n",  "u",  "m",  "k",  "M",  "G",   "T",  "P",  "E",
      "Ki", "Mi", "Gi", "Ti", "Pi", "e3", "E-3", "e0", "e12"};
  std::string text = random() % 2 ? "-" : "";
  text += std::to_string(random() % 100'000);
  if (random() % 2)
    text += "." + std::to_string(random() % 10'000);
  return text.append(suffixes[random() % std::size(suffixes)]);
}

} // namespace

TEST_CASE("quantities read and print as upstream's") {
  const auto rows = read_table(TROUPE_TEST_DATA "/meta/quantity.txt");
  REQUIRE(rows.size() > 30);
  for (const auto& row : rows) {
    REQUIRE(row.size() == 4);
    const auto parsed = read(row[0]);
    INFO(row[0]);
    CHECK(parsed.text() == row[1]);
    CHECK(std::to_string(parsed.value()) == row[2]);
    CHECK(std::to_string(parsed.milli_value()) == row[3]);
  }
}

TEST_CASE("malformed quantities are refused with upstream's texts") {
  const std::string format = "quantities must match the regular expression "
                             "'^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
  const std::string suffix = "unable to parse quantity's suffix";
  const std::string number = "unable to parse numeric part of quantity";
  const std::pair<std::string, std::string> rows[] = {
      {"", format},     {"abc", format}, {"1 Ki", format},  {"1Kix", format},
      {"1..2", format}, {"1kk", suffix}, {"1K", suffix},    {"1e", suffix},
      {"1ki", suffix},  {"1i", suffix},  {"1e+-1", format}, {"1e400", number},
      {"--1", suffix},  {"1m5", suffix},
  };
  for (const auto& [text, want] : rows) {
    INFO(text);
    auto parsed = quantity::parse(text);
    REQUIRE(!parsed);
    CHECK(parsed.error().message == want);
  }
  auto longest = quantity::parse(std::string(65, '1'));
  REQUIRE(!longest);
  CHECK(longest.error().code == troupe::errc::too_large);
}

TEST_CASE("sums keep the notation of the left side") {
  CHECK((read("1Gi") + read("1k")).text() == "1073742824");
  CHECK((read("1Gi") + read("1Gi")).text() == "2Gi");
  CHECK((read("0") + read("1Gi")).text() == "1Gi");
  CHECK((read("1") - read("1500m")).text() == "-500m");
  CHECK((read("500m") - read("500m")).text() == "0");
  CHECK((read("2Ki") - read("1")).text() == "2047");
}

TEST_CASE("quantities compare by number, whatever the notation") {
  CHECK(read("1Ki") == read("1024"));
  CHECK(read("1e3") == read("1k"));
  CHECK(read("-1") < read("-999m"));
  CHECK(read("-1n") < read("0"));
  CHECK(read("1Mi") > read("1M"));
}

TEST_CASE("resource lists round up to thousandths") {
  CHECK(read("1500u").rounded_up(-3).text() == "2m");
  CHECK(read("-1500u").rounded_up(-3).text() == "-2m");
  CHECK(read("1001m").rounded_up(0).text() == "2");
  CHECK(read("5").rounded_up(-9).text() == "5");
}

TEST_CASE("whole numbers and thousandths become quantities") {
  CHECK(quantity::of(INT64_MIN).text() == "-9223372036854775808");
  CHECK(quantity::of(2048, quantity_format::binary_si).text() == "2Ki");
  CHECK(quantity::of_milli(2500).text() == "2500m");
  CHECK(quantity::of(INT64_MIN).value() == INT64_MIN);
}

TEST_CASE("a canonical form is its own canonical form") {
  std::mt19937_64 random{20260102};
  for (int i = 0; i < 20'000; ++i) {
    const auto text = random_text(random);
    INFO(text);
    const auto once = canonical_quantity(text);
    REQUIRE(once);
    const auto twice = canonical_quantity(*once);
    REQUIRE(twice);
    CHECK(*once == *twice);
    CHECK(read(text) == read(*once));
  }
}

TEST_CASE("order and sums agree with exact arithmetic on nano units") {
  std::mt19937_64 random{20260103};
  for (int i = 0; i < 20'000; ++i) {
    const auto a = static_cast<std::int64_t>(random() >> 3) - (1LL << 59);
    const auto b = random() % 4 == 0
                       ? a + static_cast<std::int64_t>(random() % 3) - 1
                       : static_cast<std::int64_t>(random() >> 3) - (1LL << 59);
    const auto qa = read(std::to_string(a) + "n");
    const auto qb = read(std::to_string(b) + "n");
    CHECK((qa <=> qb) == (a <=> b));
    CHECK(qa + qb == read(std::to_string(a + b) + "n"));
    CHECK(qa - qb == read(std::to_string(a - b) + "n"));
  }
}
