#include "messages/codec/json_syntax.hpp"

#include "messages/meta/go_quote.hpp"

#include <string_view>
#include <vector>

namespace troupe::codec {

namespace {

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_hex(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/// The octet as Go prints the code point of that number in single quotes.
std::string quoted(char c) {
  if (c == '\'')
    return R"('\'')";
  if (c == '"')
    return R"('"')";
  const auto octet = static_cast<unsigned char>(c);
  std::string text{c};
  if (octet >= 0x80)
    text = {static_cast<char>(0xc0 | octet >> 6),
            static_cast<char>(0x80 | (octet & 0x3f))};
  auto out = meta::go_quote(text);
  out.front() = out.back() = '\'';
  return out;
}

/// Reads one value. Each method returns false at a fault, which it keeps.
class scanner {
public:
  explicit scanner(std::string_view text) : text_{text} {}

  bool document();

  std::string& fault() { return fault_; }

private:
  bool at_end() const { return at_ == text_.size(); }

  /// Behind the end there is a blank: Go's decoder ends whatever token is open
  /// by feeding it one, and reports that blank where it does not fit.
  char front() const { return at_end() ? ' ' : text_[at_]; }

  bool take(char c) {
    if (at_end() || text_[at_] != c)
      return false;
    ++at_;
    return true;
  }

  bool misplaced(std::string_view where);
  bool skip_blanks();
  bool open();
  bool value();
  bool begin_value();
  bool key();
  bool end_values();
  bool string();
  bool escape();
  bool number();
  bool digits(std::string_view where);
  bool literal(std::string_view word);

  std::string_view text_;
  std::size_t at_ = 0;
  std::vector<bool> objects_; ///< of each open container: is it an object?
  std::string fault_;
};

bool scanner::misplaced(std::string_view where) {
  fault_ = "invalid character " + quoted(front()) + " " + std::string{where};
  return false;
}

/// To the next token, which there must be.
bool scanner::skip_blanks() {
  while (!at_end() && is_blank(text_[at_]))
    ++at_;
  if (!at_end())
    return true;
  fault_ = "unexpected end of JSON input";
  return false;
}

bool scanner::document() {
  // One turn per value that does not open a container with something in it.
  do {
    if (!begin_value() || !end_values())
      return false;
  } while (!objects_.empty());
  if (!skip_blanks())
    return true;
  return misplaced("after top-level value");
}

/// One value, or the beginnings of containers down to one that is no container
/// or an empty one.
bool scanner::begin_value() {
  for (;;) {
    if (!skip_blanks())
      return false;
    if (take('{')) {
      if (!open())
        return false;
      if (take('}'))
        return true;
      objects_.push_back(true);
      if (!key())
        return false;
    } else if (take('[')) {
      if (!open())
        return false;
      if (take(']'))
        return true;
      objects_.push_back(false);
    } else {
      return value();
    }
  }
}

/// Behind an opening bracket, before what comes next.
bool scanner::open() {
  if (objects_.size() >= json_syntax_depth_max) {
    fault_ = "exceeded max depth";
    return false;
  }
  return skip_blanks();
}

/// From behind a value to where the next one begins: closes containers.
bool scanner::end_values() {
  while (!objects_.empty()) {
    if (!skip_blanks())
      return false;
    const bool in_object = objects_.back();
    if (take(','))
      return !in_object || key();
    if (!take(in_object ? '}' : ']'))
      return misplaced(in_object ? "after object key:value pair"
                                 : "after array element");
    objects_.pop_back();
  }
  return true;
}

bool scanner::key() {
  if (!skip_blanks())
    return false;
  if (!take('"'))
    return misplaced("looking for beginning of object key string");
  if (!string() || !skip_blanks())
    return false;
  return take(':') || misplaced("after object key");
}

bool scanner::value() {
  if (take('"'))
    return string();
  if (front() == '-' || is_digit(front()))
    return number();
  for (std::string_view word : {"true", "false", "null"})
    if (take(word.front()))
      return literal(word);
  return misplaced("looking for beginning of value");
}

bool scanner::literal(std::string_view word) {
  for (char c : word.substr(1))
    if (!take(c))
      return misplaced("in literal " + std::string{word} + " (expecting '" + c
                       + "')");
  return true;
}

/// From behind the opening quote to behind the closing one.
bool scanner::string() {
  while (!at_end()) {
    if (take('"'))
      return true;
    if (take('\\')) {
      if (!escape())
        return false;
    } else if (static_cast<unsigned char>(front()) < 0x20) {
      return misplaced("in string literal");
    } else {
      ++at_;
    }
  }
  fault_ = "unexpected end of JSON input";
  return false;
}

bool scanner::escape() {
  if (!take('u')) {
    if (std::string_view{"bfnrt\\/\""}.find(front()) == std::string_view::npos)
      return misplaced("in string escape code");
    ++at_;
    return true;
  }
  for (int i = 0; i < 4; ++i, ++at_)
    if (!is_hex(front()))
      return misplaced("in \\u hexadecimal character escape");
  return true;
}

bool scanner::number() {
  take('-');
  if (!take('0') && !digits("in numeric literal"))
    return false;
  if (take('.') && !digits("after decimal point in numeric literal"))
    return false;
  if (!take('e') && !take('E'))
    return true;
  if (!take('+'))
    take('-');
  return digits("in exponent of numeric literal");
}

/// At least one.
bool scanner::digits(std::string_view where) {
  if (!is_digit(front()))
    return misplaced(where);
  while (is_digit(front()))
    ++at_;
  return true;
}

} // namespace

std::optional<std::string> json_syntax_fault(bytes_view text) {
  scanner from{text};
  if (from.document())
    return std::nullopt;
  return std::move(from.fault());
}

} // namespace troupe::codec
