#include "messages/codec/yaml_encode.hpp"

#include "messages/codec/json.hpp"
#include "messages/codec/yaml_style.hpp"

#include <algorithm>
#include <cstdio>
#include <span>
#include <vector>

namespace troupe::codec {

namespace {

/// Lines are folded at the first blank after this column.
constexpr std::size_t width = 80;

/// The order of keys is none: a10 < a1b < a2 < a10. Whatever comes out, this
/// ends; few keys come out as upstream, which inserts them one by one, too.
void sort(std::span<entry> entries) {
  constexpr std::size_t few = 12;
  const auto less = [](const entry& a, const entry& b) {
    return natural_less(a.key, b.key);
  };
  if (entries.size() > few) {
    const auto middle = entries.size() / 2;
    const auto left = entries.first(middle);
    const auto right = entries.subspan(middle);
    sort(left);
    sort(right);
    std::vector<entry> merged(entries.size());
    std::merge(left.begin(), left.end(), right.begin(), right.end(),
               merged.begin(), less);
    std::ranges::copy(merged, entries.begin());
    return;
  }
  for (std::size_t i = 1; i < entries.size(); ++i)
    for (auto j = i; j > 0 && less(entries[j], entries[j - 1]); --j)
      std::swap(entries[j], entries[j - 1]);
}

class emitter {
public:
  std::string text(const node& value) && {
    const bool is_block = value.is(node_kind::map) || value.is(node_kind::list);
    if (is_block && !value.empty())
      block(value, 0);
    else
      flat(value, 0);
    if (column_ > 0)
      put('\n');
    return std::move(out_);
  }

private:
  void put(char c) {
    out_ += c;
    column_ = c == '\n' ? 0 : column_ + 1;
  }

  /// One character, however many octets it has.
  void put_character(std::string_view character) {
    out_ += character;
    ++column_;
  }

  void put_all(std::string_view ascii) {
    out_ += ascii;
    column_ += ascii.size();
  }

  void line(std::size_t indent) {
    if (column_ > 0)
      put('\n');
    put_all(std::string(indent, ' '));
  }

  void block(const node& value, std::size_t indent) {
    bool first = true;
    const auto begin = [&] {
      if (!first || column_ < indent)
        line(indent);
      first = false;
    };
    if (value.is(node_kind::list)) {
      for (const auto* item : value.items()) {
        begin();
        put('-');
        nested(*item, indent + 2, true);
      }
      return;
    }
    std::vector<entry> entries(value.entries().begin(), value.entries().end());
    sort(entries);
    for (const auto& [key, child] : entries) {
      begin();
      written(key, indent + 2, true);
      put(':');
      // A list stands under its key, not further in.
      nested(*child, child->is(node_kind::list) ? indent : indent + 2, false);
    }
  }

  /// What follows a key or a dash; after a dash a block begins on the line.
  void nested(const node& value, std::size_t indent, bool inlined) {
    const bool is_block =
        (value.is(node_kind::map) || value.is(node_kind::list))
        && !value.empty();
    if (!is_block || inlined)
      put(' ');
    if (!is_block)
      return flat(value, indent);
    if (!inlined)
      line(indent);
    block(value, indent);
  }

  void flat(const node& value, std::size_t indent) {
    if (value.is(node_kind::string))
      written(value.string(), indent, false);
    else if (value.is(node_kind::map))
      put_all("{}");
    else if (value.is(node_kind::list))
      put_all("[]");
    else
      put_all(encode_json(value, nullptr));
  }

  void written(std::string_view text, std::size_t indent, bool key) {
    switch (style_of(text, key)) {
      case yaml_style::plain:
        return folded(text, indent, key, false);
      case yaml_style::single_quoted:
        put('\'');
        folded(text, indent, key, true);
        return put('\'');
      case yaml_style::double_quoted:
        return escaped(text, indent, key);
      case yaml_style::literal:
        return literal(text, indent);
    }
  }

  bool folds_at(std::string_view text, std::size_t i, bool key) const {
    return !key && text[i] == ' ' && (i == 0 || text[i - 1] != ' ')
           && column_ > width;
  }

  void folded(std::string_view text, std::size_t indent, bool key,
              bool quoted) {
    for (std::size_t i = 0; i < text.size();) {
      const auto length = character_length(text.substr(i));
      const bool inside = i > 0 && i + 1 < text.size() && text[i + 1] != ' ';
      if (folds_at(text, i, key) && inside) {
        line(indent);
      } else {
        if (quoted && text[i] == '\'')
          put('\'');
        put_character(text.substr(i, length));
      }
      i += length;
    }
  }

  void escaped(std::string_view text, std::size_t indent, bool key) {
    put('"');
    for (std::size_t i = 0; i < text.size();) {
      const auto length = character_length(text.substr(i));
      const auto character = text.substr(i, length);
      if (folds_at(text, i, key) && i > 0 && i + 1 < text.size()) {
        line(indent);
        if (text[i + 1] == ' ')
          put('\\');
      } else if (!is_printable(character) || character == "\n"
                 || character == "\"" || character == "\\") {
        put_escape(character);
      } else {
        put_character(character);
      }
      i += length;
    }
    put('"');
  }

  void put_escape(std::string_view character) {
    constexpr std::string_view from{"\0\a\b\t\n\v\f\r\x1b\"\\", 11};
    constexpr std::string_view to = "0abtnvfre\"\\";
    const auto known = from.find(character.front());
    if (character.size() == 1 && known != std::string_view::npos) {
      put('\\');
      return put(to[known]);
    }
    if (character == "\xc2\x85")
      return put_all("\\N");
    auto code = static_cast<std::uint32_t>(
        static_cast<unsigned char>(character.front()));
    if (character.size() > 1)
      code &= 0xffu >> (character.size() + 1);
    for (auto c : character.substr(1))
      code = (code << 6) | (static_cast<unsigned char>(c) & 0x3fu);
    char text[16];
    const auto* format = code <= 0xff     ? "\\x%02X"
                         : code <= 0xffff ? "\\u%04X"
                                          : "\\U%08X";
    std::snprintf(text, sizeof text, format, code);
    put_all(text);
  }

  void literal(std::string_view text, std::size_t indent) {
    put('|');
    if (text.front() == ' ' || text.front() == '\n')
      put('2');
    if (!text.ends_with('\n'))
      put('-');
    else if (text == "\n" || text.ends_with("\n\n"))
      put('+');
    put('\n');
    while (!text.empty()) {
      const auto end = std::min(text.find('\n'), text.size());
      if (end > 0)
        line(indent);
      out_ += text.substr(0, end);
      column_ += end;
      text.remove_prefix(end);
      if (text.empty())
        break;
      put('\n');
      text.remove_prefix(1);
    }
  }

  std::string out_;
  std::size_t column_ = 0;
};

} // namespace

std::string encode_yaml(const node& value) {
  return emitter{}.text(value);
}

} // namespace troupe::codec
