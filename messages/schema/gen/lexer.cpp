#include "messages/schema/gen/lexer.hpp"

#include <algorithm>

namespace troupe::schema::gen {

namespace {

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
         || (c >= '0' && c <= '9')
         || std::string_view{"_-./*$"}.find(c) != std::string_view::npos;
}

bool is_mark(char c) {
  return std::string_view{"{}[]<>="}.find(c) != std::string_view::npos;
}

class lexer {
public:
  lexer(const std::string& file, std::string_view text, diagnostics& errors)
      : file_{file}, text_{text}, errors_{errors} {}

  std::vector<token> run() {
    while (skip_blank() && next()) {
    }
    tokens_.push_back({token_kind::end, {}, line_});
    return std::move(tokens_);
  }

private:
  /// False at the end of the text.
  bool skip_blank() {
    while (at_ < text_.size()) {
      auto c = text_[at_];
      if (c == '#')
        at_ = std::min(text_.find('\n', at_), text_.size());
      else if (c == '\n' || c == ' ' || c == '\t' || c == '\r')
        line_ += text_[at_++] == '\n';
      else
        return true;
    }
    return false;
  }

  bool next() {
    auto c = text_[at_];
    if (c == '"')
      return string();
    if (is_mark(c)) {
      tokens_.push_back({token_kind::mark, {c}, line_});
      ++at_;
      return true;
    }
    if (is_word(c))
      return word();
    return fail(std::string{"expected a word, a string or one of { } [ ] < > "
                            "=, found '"}
                + c + "'");
  }

  bool word() {
    auto first = at_;
    while (at_ < text_.size() && is_word(text_[at_]))
      ++at_;
    tokens_.push_back({token_kind::word,
                       std::string{text_.substr(first, at_ - first)}, line_});
    return true;
  }

  bool string() {
    std::string content;
    for (++at_; at_ < text_.size() && text_[at_] != '"'; ++at_) {
      if (text_[at_] == '\n')
        break;
      if (text_[at_] == '\\' && at_ + 1 < text_.size())
        ++at_;
      content += text_[at_];
    }
    if (at_ >= text_.size() || text_[at_] != '"')
      return fail("expected '\"' before the end of the line");
    ++at_;
    tokens_.push_back({token_kind::string, std::move(content), line_});
    return true;
  }

  bool fail(std::string text) {
    errors_.push_back({{file_, line_}, std::move(text)});
    return false;
  }

  const std::string& file_;
  std::string_view text_;
  diagnostics& errors_;
  std::vector<token> tokens_;
  std::size_t at_ = 0;
  int line_ = 1;
};

} // namespace

std::vector<token> tokenize(const std::string& file, std::string_view text,
                            diagnostics& errors) {
  return lexer{file, text, errors}.run();
}

std::string describe(const token& what) {
  switch (what.kind) {
    case token_kind::string:
      return "a string";
    case token_kind::end:
      return "the end of the file";
    default:
      return '\'' + what.text + '\'';
  }
}

} // namespace troupe::schema::gen
