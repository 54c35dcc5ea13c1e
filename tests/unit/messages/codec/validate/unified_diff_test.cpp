#include "messages/codec/validate/unified_diff.hpp"

#include <catch2/catch.hpp>

#include <vector>

using namespace troupe::codec;

// What Python's difflib says of the same texts.

TEST_CASE("texts differ in hunks with three lines around them") {
  CHECK(unified_diff("a", "a").empty());
  CHECK(unified_diff("a", "b") == "@@ -1 +1 @@\n-a\n+b\n");
  CHECK(unified_diff("a\nb\nc\nd", "a\nc\nd\ne")
        == "@@ -1,4 +1,4 @@\n a\n-b\n c\n d\n+e\n");
  CHECK(unified_diff("1\n2\n3\n4\n5\n6\n7\n8", "1\n2\n3\n4\n5\n6\n7\n8\n9")
        == "@@ -6,3 +6,4 @@\n 6\n 7\n 8\n+9\n");
  CHECK(unified_diff("a\nb\nc\nd\ne\nf\ng\nh\ni\nj",
                     "A\nb\nc\nd\ne\nf\ng\nh\ni\nJ")
        == "@@ -1,4 +1,4 @@\n-a\n+A\n b\n c\n d\n"
           "@@ -7,4 +7,4 @@\n g\n h\n i\n-j\n+J\n");
}

TEST_CASE("in long texts frequent lines do not say where lines belong") {
  std::vector<std::string> lines;
  for (int i = 0; i < 240; ++i)
    lines.push_back(i % 3 == 0 ? "line " + std::to_string(i) : "x");
  const auto text = [](const std::vector<std::string>& from) {
    std::string out;
    for (const auto& line : from)
      out += (&line == &from.front() ? "" : "\n") + line;
    return out;
  };
  const auto before = text(lines);
  lines[100] = lines[101] = "y";
  lines.insert(lines.begin() + 7, 2, "x");
  lines.erase(lines.begin() + 200, lines.begin() + 203);
  CHECK(unified_diff(before, text(lines))
        == "@@ -7,6 +7,8 @@\n line 6\n x\n x\n+x\n+x\n line 9\n x\n x\n"
           "@@ -98,8 +100,8 @@\n x\n x\n line 99\n-x\n-x\n+y\n+y\n line 102\n"
           " x\n x\n"
           "@@ -196,9 +198,6 @@\n line 195\n x\n x\n-line 198\n-x\n-x\n"
           " line 201\n x\n x\n");
}
