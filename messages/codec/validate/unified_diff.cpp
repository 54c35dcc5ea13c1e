#include "messages/codec/validate/unified_diff.hpp"

#include <algorithm>
#include <cstdint>
#include <unordered_map>
#include <vector>

namespace troupe::codec {

namespace {

using lines = std::vector<std::string_view>;

constexpr std::size_t context = 3;

/// In texts this long, a line that is more than one in a hundred says nothing
/// about where it belongs.
constexpr std::size_t long_text_min = 200;

lines split(std::string_view text) {
  lines out;
  for (;;) {
    const auto end = text.find('\n');
    out.push_back(text.substr(0, end));
    if (end == std::string_view::npos)
      return out;
    text.remove_prefix(end + 1);
  }
}

/// Lines [a, a + size) of the one text are lines [b, b + size) of the other.
struct match {
  std::size_t a, b, size;
};

/// Lines [a, a_end) of the one text stand where [b, b_end) of the other do.
struct piece {
  bool same;
  std::size_t a, a_end, b, b_end;
};

class matcher {
public:
  matcher(const lines& a, const lines& b) : a_{a}, b_{b} {
    for (std::size_t i = 0; i < b.size(); ++i)
      places_[b[i]].push_back(i);
    if (b.size() < long_text_min)
      return;
    const auto frequent = b.size() / 100 + 1;
    std::erase_if(
        places_, [&](const auto& one) { return one.second.size() > frequent; });
  }

  /// From the first line to the last, equal and different ones.
  std::vector<piece> pieces() {
    match_between(0, a_.size(), 0, b_.size());
    matches_.push_back({a_.size(), b_.size(), 0});
    std::vector<piece> out;
    std::size_t a = 0;
    std::size_t b = 0;
    for (const auto& [at_a, at_b, size] : matches_) {
      if (a < at_a || b < at_b)
        out.push_back({false, a, at_a, b, at_b});
      a = at_a + size;
      b = at_b + size;
      if (size == 0)
        continue;
      if (!out.empty() && out.back().same)
        out.back().a_end = a, out.back().b_end = b;
      else
        out.push_back({true, at_a, a, at_b, b});
    }
    return out;
  }

private:
  void match_between(std::size_t a, std::size_t a_end, std::size_t b,
                     std::size_t b_end) {
    const auto best = longest(a, a_end, b, b_end);
    if (best.size == 0)
      return;
    if (a < best.a && b < best.b)
      match_between(a, best.a, b, best.b);
    matches_.push_back(best);
    if (best.a + best.size < a_end && best.b + best.size < b_end)
      match_between(best.a + best.size, a_end, best.b + best.size, b_end);
  }

  /// The longest run of equal lines, the earliest of several, grown at both
  /// ends by lines that say nothing by themselves.
  match longest(std::size_t a, std::size_t a_end, std::size_t b,
                std::size_t b_end) const {
    match best{a, b, 0};
    std::unordered_map<std::size_t, std::size_t> runs;
    for (auto i = a; i < a_end; ++i) {
      std::unordered_map<std::size_t, std::size_t> longer;
      const auto found = places_.find(a_[i]);
      if (found != places_.end())
        for (const auto j : found->second) {
          if (j < b || j >= b_end)
            continue;
          const auto before = j == 0 ? runs.end() : runs.find(j - 1);
          const auto size = before == runs.end() ? 1 : before->second + 1;
          longer[j] = size;
          if (size > best.size)
            best = {i + 1 - size, j + 1 - size, size};
        }
      runs = std::move(longer);
    }
    while (best.a > a && best.b > b && a_[best.a - 1] == b_[best.b - 1])
      --best.a, --best.b, ++best.size;
    while (best.a + best.size < a_end && best.b + best.size < b_end
           && a_[best.a + best.size] == b_[best.b + best.size])
      ++best.size;
    return best;
  }

  const lines& a_;
  const lines& b_;
  std::unordered_map<std::string_view, std::vector<std::size_t>> places_;
  std::vector<match> matches_;
};

/// Pieces in hunks: equal lines far from any change are left out.
std::vector<std::vector<piece>> hunks_of(std::vector<piece> pieces) {
  std::vector<std::vector<piece>> out(1);
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    auto one = pieces[i];
    const bool first = i == 0;
    const bool last = i + 1 == pieces.size();
    const auto size = one.a_end - one.a;
    if (one.same && !first && !last && size > 2 * context) {
      out.back().push_back(
          {true, one.a, one.a + context, one.b, one.b + context});
      out.emplace_back();
    }
    if (one.same && (first || (!last && size > 2 * context))) {
      const auto kept = std::min(size, context);
      one.a = one.a_end - kept;
      one.b = one.b_end - kept;
    } else if (one.same && last) {
      one.a_end = one.a + std::min(size, context);
      one.b_end = one.b + std::min(size, context);
    }
    out.back().push_back(one);
  }
  return out;
}

std::string range(std::size_t start, std::size_t end) {
  const auto size = end - start;
  if (size == 1)
    return std::to_string(start + 1);
  return std::to_string(size == 0 ? start : start + 1) + ","
         + std::to_string(size);
}

void append_lines(std::string& out, char sign, const lines& from,
                  std::size_t start, std::size_t end) {
  for (auto i = start; i < end; ++i)
    (out += sign).append(from[i]) += '\n';
}

} // namespace

std::string unified_diff(std::string_view before, std::string_view after) {
  if (before == after)
    return {};
  const auto a = split(before);
  const auto b = split(after);
  std::string out;
  for (const auto& hunk : hunks_of(matcher{a, b}.pieces())) {
    out += "@@ -" + range(hunk.front().a, hunk.back().a_end) + " +"
           + range(hunk.front().b, hunk.back().b_end) + " @@\n";
    for (const auto& [same, a_start, a_end, b_start, b_end] : hunk) {
      append_lines(out, same ? ' ' : '-', a, a_start, a_end);
      if (!same)
        append_lines(out, '+', b, b_start, b_end);
    }
  }
  return out;
}

} // namespace troupe::codec
