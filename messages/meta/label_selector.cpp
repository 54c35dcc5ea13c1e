#include "messages/meta/field_error.hpp"
#include "messages/meta/names.hpp"
#include "messages/meta/selector.hpp"

#include <charconv>
#include <set>

namespace troupe::meta {

namespace {

std::optional<std::int64_t> to_int64(std::string_view text) {
  if (text.starts_with('+') && !text.starts_with("+-"))
    text.remove_prefix(1);
  std::int64_t value = 0;
  const auto end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, value);
  if (read.ec != std::errc{} || read.ptr != end || text.empty())
    return std::nullopt;
  return value;
}

error malformed(std::string message) {
  return {errc::invalid_argument, std::move(message)};
}

std::string join(const complaints& all) {
  std::string out;
  for (const auto& one : all)
    out += (out.empty() ? "" : "; ") + one;
  return out;
}

/// "a", or "[a, b]", as upstream prints a list of errors.
std::string aggregate(const field_errors& errors) {
  if (errors.size() == 1)
    return errors.front().text();
  std::string out;
  for (const auto& one : errors)
    out += (out.empty() ? "[" : ", ") + one.text();
  return out + "]";
}

void check_numbers(const requirement& made, field_errors& errors) {
  if (made.values.size() != 1)
    errors.push_back(
        invalid("values", "[]",
                "for 'Gt', 'Lt' operators, exactly one value is required"));
  for (const auto& value : made.values)
    if (!to_int64(value))
      errors.push_back(
          invalid("values[0]", quoted(value),
                  "for 'Gt', 'Lt' operators, the value must be an integer"));
}

void check_values(const requirement& made, field_errors& errors) {
  for (std::size_t i = 0; i < made.values.size(); ++i) {
    const auto found = check_label_value(made.values[i]);
    if (!found.empty())
      errors.push_back(
          invalid("values[" + std::to_string(i) + "][" + made.key + "]",
                  quoted(made.values[i]), join(found)));
  }
}

/// The requirement, if its key and values are well-formed for its operator.
result<requirement> checked(requirement made) {
  field_errors errors;
  if (const auto found = check_qualified_name(made.key); !found.empty())
    errors.push_back(invalid("key", quoted(made.key), join(found)));
  const bool counts = made.op == requirement_op::exists
                      || made.op == requirement_op::not_exists;
  if (counts && !made.values.empty())
    errors.push_back(
        invalid("values", "[]",
                "values set must be empty for exists and does not exist"));
  if ((made.op == requirement_op::in || made.op == requirement_op::not_in)
      && made.values.empty())
    errors.push_back(
        invalid("values", "[]",
                "for 'in', 'notin' operators, values set can't be empty"));
  if (made.op == requirement_op::greater || made.op == requirement_op::less)
    check_numbers(made, errors);
  check_values(made, errors);
  if (!errors.empty())
    return malformed(aggregate(errors));
  return made;
}

enum class token {
  end,
  identifier,
  comma,
  open,
  close,
  bang,
  equal,
  double_equal,
  not_equal,
  greater,
  less,
  in,
  not_in,
};

struct lexeme {
  token kind = token::end;
  std::string_view text;
};

constexpr std::string_view specials = "=!(),><";
constexpr std::string_view blanks = " \t\r\n";

token special_token(std::string_view text) {
  if (text == "==")
    return token::double_equal;
  if (text == "!=")
    return token::not_equal;
  switch (text[0]) {
    case '=':
      return token::equal;
    case '!':
      return token::bang;
    case '(':
      return token::open;
    case ')':
      return token::close;
    case ',':
      return token::comma;
    case '>':
      return token::greater;
    default:
      return token::less;
  }
}

lexeme next_lexeme(std::string_view& rest) {
  rest.remove_prefix(std::min(rest.find_first_not_of(blanks), rest.size()));
  if (rest.empty())
    return {};
  std::size_t length = 1;
  token kind = token::identifier;
  if (specials.find(rest[0]) != std::string_view::npos) {
    length = rest.starts_with("==") || rest.starts_with("!=") ? 2 : 1;
    kind = special_token(rest.substr(0, length));
  } else {
    while (length < rest.size()
           && specials.find(rest[length]) == std::string_view::npos
           && blanks.find(rest[length]) == std::string_view::npos)
      ++length;
    if (rest.substr(0, length) == "in")
      kind = token::in;
    else if (rest.substr(0, length) == "notin")
      kind = token::not_in;
  }
  const lexeme found{kind, rest.substr(0, length)};
  rest.remove_prefix(length);
  return found;
}

/// Recursive descent over
///   selector    := [ requirement { "," requirement } ]
///   requirement := [ "!" ] key | key op value | key set "(" values ")"
class parser {
public:
  explicit parser(std::string_view text) {
    for (auto rest = text;;) {
      lexemes_.push_back(next_lexeme(rest));
      if (lexemes_.back().kind == token::end)
        break;
    }
  }

  result<label_selector> parse() {
    std::vector<requirement> all;
    for (;;) {
      const auto next = peek();
      if (next.kind == token::end)
        return label_selector{std::move(all)};
      if (next.kind != token::identifier && next.kind != token::bang)
        return malformed(found(next)
                         + ", expected: !, identifier, or 'end of string'");
      auto one = parse_requirement();
      if (!one)
        return malformed("unable to parse requirement: " + one.error().message);
      all.push_back(std::move(*one));
      if (auto separated = parse_separator(); !separated)
        return separated.error();
    }
  }

private:
  static std::string found(const lexeme& at) {
    return "found '" + std::string{at.text} + "'";
  }

  /// The next lexeme where keys and values stand: `in` and `notin` are
  /// ordinary words there.
  lexeme peek() const {
    auto next = lexemes_[at_];
    if (next.kind == token::in || next.kind == token::not_in)
      next.kind = token::identifier;
    return next;
  }

  lexeme take() {
    const auto next = peek();
    advance();
    return next;
  }

  void advance() {
    if (at_ + 1 < lexemes_.size())
      ++at_;
  }

  status_result parse_separator() {
    const auto next = take();
    if (next.kind == token::end)
      return unit{};
    if (next.kind != token::comma)
      return malformed(found(next) + ", expected: ',' or 'end of string'");
    const auto after = peek();
    if (after.kind != token::identifier && after.kind != token::bang)
      return malformed(found(after) + ", expected: identifier after ','");
    return unit{};
  }

  result<requirement> parse_requirement() {
    requirement made;
    auto next = take();
    const bool negated = next.kind == token::bang;
    if (negated)
      next = take();
    if (next.kind != token::identifier)
      return malformed(found(next) + ", expected: identifier");
    made.key = next.text;
    if (const auto wrong = check_qualified_name(made.key); !wrong.empty())
      return malformed(invalid("<nil>", quoted(made.key), join(wrong)).text());
    made.op = negated ? requirement_op::not_exists : requirement_op::exists;
    const auto after = peek().kind;
    if (negated || after == token::end || after == token::comma)
      return made;
    if (auto parsed = parse_condition(made); !parsed)
      return parsed.error();
    return checked(std::move(made));
  }

  status_result parse_condition(requirement& made) {
    const auto op = lexemes_[at_];
    advance();
    switch (op.kind) {
      case token::in:
      case token::not_in:
        made.op =
            op.kind == token::in ? requirement_op::in : requirement_op::not_in;
        return parse_values(made.values);
      case token::equal:
      case token::double_equal:
        made.op = requirement_op::in;
        break;
      case token::not_equal:
        made.op = requirement_op::not_in;
        break;
      case token::greater:
        made.op = requirement_op::greater;
        break;
      case token::less:
        made.op = requirement_op::less;
        break;
      default:
        return malformed(found(op)
                         + ", expected: in, notin, =, ==, !=, gt, lt");
    }
    return parse_exact_value(made.values);
  }

  status_result parse_exact_value(std::vector<std::string>& values) {
    const auto next = peek();
    if (next.kind == token::end || next.kind == token::comma) {
      values.emplace_back();
      return unit{};
    }
    if (next.kind != token::identifier)
      return malformed(found(next) + ", expected: identifier");
    values.emplace_back(take().text);
    return unit{};
  }

  status_result parse_values(std::vector<std::string>& values) {
    if (const auto open = take(); open.kind != token::open)
      return malformed(found(open) + " expected: '('");
    std::set<std::string, std::less<>> distinct;
    const auto next = peek();
    if (next.kind == token::close)
      distinct.emplace();
    else if (next.kind != token::identifier && next.kind != token::comma)
      return malformed(found(next) + ", expected: ',', ')' or identifier");
    else if (auto listed = parse_list(distinct); !listed)
      return listed.error();
    advance(); // the ')' that ended the list
    values.assign(distinct.begin(), distinct.end());
    return unit{};
  }

  /// Values and commas up to, not including, ')'. A missing value is "".
  status_result parse_list(std::set<std::string, std::less<>>& distinct) {
    for (;;) {
      const auto next = take();
      if (next.kind == token::identifier) {
        distinct.emplace(next.text);
        const auto after = peek();
        if (after.kind == token::close)
          return unit{};
        if (after.kind != token::comma)
          return malformed(found(after) + ", expected: ',' or ')'");
      } else if (next.kind == token::comma) {
        if (distinct.empty())
          distinct.emplace();
        const auto after = peek().kind;
        if (after == token::close || after == token::comma)
          distinct.emplace();
        if (after == token::close)
          return unit{};
        if (after == token::comma)
          advance();
      } else {
        return malformed(found(next) + ", expected: ',', or identifier");
      }
    }
  }

  std::vector<lexeme> lexemes_;
  std::size_t at_ = 0;
};

std::optional<requirement_op> expression_op(std::string_view op) {
  if (op == "In")
    return requirement_op::in;
  if (op == "NotIn")
    return requirement_op::not_in;
  if (op == "Exists")
    return requirement_op::exists;
  if (op == "DoesNotExist")
    return requirement_op::not_exists;
  return std::nullopt;
}

} // namespace

bool requirement::holds(std::optional<std::string_view> value) const {
  const auto among = [&] {
    return std::binary_search(values.begin(), values.end(), *value);
  };
  switch (op) {
    case requirement_op::in:
      return value && among();
    case requirement_op::not_in:
      return !value || !among();
    case requirement_op::exists:
      return value.has_value();
    case requirement_op::not_exists:
      return !value;
    case requirement_op::greater:
    case requirement_op::less:
      break;
  }
  const auto have = value ? to_int64(*value) : std::nullopt;
  const auto bound = values.empty() ? std::nullopt : to_int64(values.front());
  if (!have || !bound)
    return false;
  return op == requirement_op::greater ? *have > *bound : *have < *bound;
}

label_selector label_selector::nothing() {
  label_selector none;
  none.nothing_ = true;
  return none;
}

result<label_selector> label_selector::parse(std::string_view text) {
  if (text.size() > text_max)
    return error{errc::too_large, "label selectors must be no longer than "
                                      + std::to_string(text_max) + " bytes"};
  return parser{text}.parse();
}

result<label_selector> to_selector(
    const std::vector<std::pair<std::string, std::string>>& match_labels,
    const std::vector<match_expression>& match_expressions) {
  std::vector<requirement> all;
  const auto add = [&](requirement made) -> status_result {
    auto& values = made.values;
    std::sort(values.begin(), values.end());
    values.erase(std::unique(values.begin(), values.end()), values.end());
    auto one = checked(std::move(made));
    if (!one)
      return one.error();
    all.push_back(std::move(*one));
    return unit{};
  };
  for (const auto& [key, value] : match_labels)
    if (auto added = add({key, requirement_op::in, {value}}); !added)
      return added.error();
  for (const auto& expression : match_expressions) {
    const auto op = expression_op(expression.op);
    if (!op)
      return malformed(quoted(expression.op)
                       + " is not a valid label selector operator");
    auto added = add({expression.key, *op, expression.values});
    if (!added)
      return added.error();
  }
  return label_selector{std::move(all)};
}

} // namespace troupe::meta
