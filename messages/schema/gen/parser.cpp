#include "messages/schema/gen/parser.hpp"

#include "messages/schema/gen/attributes.hpp"
#include "messages/schema/gen/lexer.hpp"
#include "messages/schema/gen/spelling.hpp"

#include <algorithm>
#include <charconv>

namespace troupe::schema::gen {

namespace {

struct builtin {
  std::string_view name;
  value_type value;
};

constexpr builtin builtins[] = {
    {"bool", value_type::boolean},
    {"int32", value_type::int32},
    {"int64", value_type::int64},
    {"double", value_type::real},
    {"string", value_type::string},
    {"bytes", value_type::bytes},
    {"quantity", value_type::quantity},
    {"int_or_string", value_type::int_or_string},
    {"time", value_type::time},
    {"micro_time", value_type::micro_time},
    {"duration", value_type::duration},
    {"json", value_type::json},
};

const builtin* find_builtin(std::string_view name) {
  auto at = std::find_if(std::begin(builtins), std::end(builtins),
                         [&](auto& each) { return each.name == name; });
  return at == std::end(builtins) ? nullptr : at;
}

/// Every function returns false after a mistake, which it has reported.
class parser {
public:
  parser(const std::string& file, std::vector<token> tokens, model& into,
         diagnostics& errors)
      : file_{file}, tokens_{std::move(tokens)}, model_{into}, errors_{errors} {
  }

  bool run() {
    if (!header())
      return false;
    while (peek().kind != token_kind::end)
      if (!declaration())
        return false;
    return true;
  }

private:
  const token& peek(std::size_t ahead = 0) const {
    return tokens_[std::min(at_ + ahead, tokens_.size() - 1)];
  }

  position here() const { return {file_, peek().line}; }

  bool fail(const std::string& expected) {
    errors_.push_back(
        {here(), "expected " + expected + ", found " + describe(peek())});
    return false;
  }

  bool fail_at(position at, std::string text) {
    errors_.push_back({std::move(at), std::move(text)});
    return false;
  }

  bool at_mark(char c, std::size_t ahead = 0) const {
    return peek(ahead).kind == token_kind::mark && peek(ahead).text[0] == c;
  }

  bool mark(char c) {
    if (!at_mark(c))
      return fail(std::string{"'"} + c + "'");
    ++at_;
    return true;
  }

  bool at_word(std::string_view text) const {
    return peek().kind == token_kind::word && peek().text == text;
  }

  bool word(std::string& to, const char* expected) {
    if (peek().kind != token_kind::word)
      return fail(expected);
    to = tokens_[at_++].text;
    return true;
  }

  bool keyword(const char* text) {
    if (!at_word(text))
      return fail(std::string{"'"} + text + "'");
    ++at_;
    return true;
  }

  bool text(std::string& to, const char* expected) {
    if (peek().kind != token_kind::string)
      return fail(expected);
    to = tokens_[at_++].text;
    return true;
  }

  bool word_or_text(std::string& to, const char* expected) {
    return peek().kind == token_kind::string ? text(to, expected)
                                             : word(to, expected);
  }

  /// One line of documentation; never empty.
  bool doc(std::string& to) {
    if (peek().kind == token_kind::string && peek().text.empty())
      return fail_at(here(), "expected a documentation string that says "
                             "something, found an empty one");
    return text(to, "an attribute or the documentation string");
  }

  // -- header ------------------------------------------------------------

  bool header() {
    group_version read;
    if (!keyword("group") || !word_or_text(read.group, "the API group")
        || !keyword("version") || !word(read.version, "the version")
        || !keyword("package") || !word(read.package, "the package"))
      return false;
    read.id = group_version_id(read.group, read.version);
    if (!file_is_named(read.id))
      return fail_at({file_, 1},
                     "expected a file name that starts with '" + read.id + "'");
    version_ = model_.find(read.id);
    if (version_ == nullptr) {
      model_.versions.push_back(
          std::make_unique<group_version>(std::move(read)));
      version_ = model_.versions.back().get();
    } else if (version_->package != read.package
               || version_->group != read.group) {
      return fail_at({file_, 1}, "expected the group and package of the other "
                                 "files of "
                                     + read.id + ": '" + version_->group
                                     + "' and '" + version_->package + "'");
    }
    return uses();
  }

  bool file_is_named(const std::string& id) const {
    auto slash = file_.find_last_of('/');
    auto name = file_.substr(slash == std::string::npos ? 0 : slash + 1);
    return name == id + ".schema" || name.starts_with(id + '_');
  }

  bool uses() {
    while (at_word("use")) {
      auto at = here();
      ++at_;
      std::string id;
      if (!word(id, "a group version such as meta_v1"))
        return false;
      version_->uses.push_back({std::move(at), std::move(id)});
    }
    return true;
  }

  // -- declarations ------------------------------------------------------

  bool declaration() {
    if (at_word("type"))
      return type_declaration();
    if (at_word("value"))
      return value_declaration();
    if (at_word("resource"))
      return resource_declaration();
    return fail("'type', 'value' or 'resource'");
  }

  std::unique_ptr<type> new_type() {
    auto made = std::make_unique<type>();
    made->at = here();
    made->owner = version_;
    ++at_;
    return made;
  }

  bool add(std::unique_ptr<type> made) {
    if (made->full_name.empty())
      made->full_name = version_->package + '.' + made->name;
    version_->types.push_back(std::move(made));
    return true;
  }

  bool type_declaration() {
    auto made = new_type();
    attributes read;
    if (!word(made->name, "the name of the type") || !all_attributes(read)
        || !doc(made->doc) || !gen::apply(*made, read, errors_) || !mark('{'))
      return false;
    while (!at_mark('}'))
      if (!field_declaration(*made))
        return false;
    return mark('}') && add(std::move(made));
  }

  bool value_declaration() {
    auto made = new_type();
    attributes read;
    if (!word(made->name, "the name of the value type") || !mark('='))
      return false;
    auto base = find_builtin(peek().text);
    if (base == nullptr || peek().kind != token_kind::word)
      return fail("a built-in type");
    made->value = base->value;
    ++at_;
    return all_attributes(read) && doc(made->doc)
           && gen::apply(*made, read, errors_) && add(std::move(made));
  }

  bool field_declaration(type& owner) {
    field made;
    made.at = here();
    attributes read;
    if (!id(made.id) || !word(made.name, "the JSON name of the field")
        || !field_type(made) || !all_attributes(read) || !doc(made.doc)
        || !gen::apply(made, read, errors_))
      return false;
    owner.fields.push_back(std::move(made));
    return true;
  }

  /// `7`, or `4.1` for field 1 of the embedded message 4.
  bool id(field_id& to) {
    auto& text = peek().text;
    auto dot = text.find('.');
    std::uint32_t outer = 0;
    std::uint32_t inner = 0;
    bool ok = peek().kind == token_kind::word;
    if (dot == std::string::npos)
      ok = ok && number(text, inner);
    else
      ok = ok && number(text.substr(0, dot), outer)
           && number(text.substr(dot + 1), inner);
    if (!ok)
      return fail("the permanent id of a field (1 to 65535), or '}'");
    to = outer << 16 | inner;
    ++at_;
    return true;
  }

  static bool number(const std::string& text, std::uint32_t& to) {
    auto end = text.data() + text.size();
    auto [stop, error] = std::from_chars(text.data(), end, to);
    return error == std::errc{} && stop == end && to > 0 && to <= 0xffff;
  }

  /// `string`, `ObjectMeta`, `list<...>` or `map<...>`.
  bool field_type(field& to) {
    if (at_mark('<', 1) && (at_word("list") || at_word("map"))) {
      to.many = at_word("list") ? cardinality::list : cardinality::map;
      at_ += 2;
      return element_type(to) && mark('>');
    }
    return element_type(to);
  }

  bool element_type(field& to) {
    std::string name;
    auto at = here();
    if (!word(name, "a type"))
      return false;
    if (auto found = find_builtin(name))
      to.value = found->value;
    else
      to.of = {std::move(name), std::move(at), nullptr};
    return true;
  }

  // -- attributes --------------------------------------------------------

  bool all_attributes(attributes& to) {
    while (peek().kind == token_kind::word)
      if (!one_attribute(to))
        return false;
    return true;
  }

  /// Only `name=value`: used where no string or brace ends the attributes.
  bool valued_attributes(attributes& to) {
    while (peek().kind == token_kind::word && at_mark('=', 1))
      if (!one_attribute(to))
        return false;
    return true;
  }

  bool one_attribute(attributes& to) {
    attribute made;
    made.at = here();
    made.name = tokens_[at_++].text;
    if (at_mark('=')) {
      ++at_;
      if (!attribute_value(made))
        return false;
    }
    to.push_back(std::move(made));
    return true;
  }

  bool attribute_value(attribute& to) {
    if (!at_mark('['))
      return word_or_text(to.values.emplace_back(), "a value");
    ++at_;
    to.is_list = true;
    while (!at_mark(']'))
      if (!word_or_text(to.values.emplace_back(), "a value or ']'"))
        return false;
    return mark(']');
  }

  // -- resources ---------------------------------------------------------

  bool resource_declaration() {
    resource made;
    made.at = here();
    ++at_;
    attributes read;
    if (!word(made.plural, "the plural name of the resource")
        || !all_attributes(read) || !gen::apply(made, read, errors_)
        || !mark('{'))
      return false;
    while (!at_mark('}'))
      if (!resource_part(made))
        return false;
    version_->resources.push_back(std::move(made));
    return mark('}');
  }

  bool resource_part(resource& owner) {
    if (at_word("column"))
      return column_declaration(owner.columns.emplace_back());
    if (at_word("select"))
      return selectable_declaration(owner.selectable_fields.emplace_back());
    if (at_word("subresource"))
      return subresource_declaration(owner.subresources.emplace_back());
    return fail("'column', 'select', 'subresource' or '}'");
  }

  bool column_declaration(column& made) {
    made.at = here();
    ++at_;
    attributes read;
    return word_or_text(made.name, "the heading of the column")
           && word(made.type, "the type of the column") && all_attributes(read)
           && doc(made.doc) && gen::apply(made, read, errors_);
  }

  bool selectable_declaration(selectable& made) {
    made.at = here();
    ++at_;
    attributes read;
    if (!word(made.label, "the label of the selectable field")
        || !valued_attributes(read))
      return false;
    made.path = made.label;
    return gen::apply(made, read, errors_);
  }

  bool subresource_declaration(subresource& made) {
    made.at = here();
    ++at_;
    attributes read;
    return word(made.name, "the name of the subresource")
           && valued_attributes(read) && gen::apply(made, read, errors_);
  }

  const std::string& file_;
  std::vector<token> tokens_;
  model& model_;
  diagnostics& errors_;
  group_version* version_ = nullptr;
  std::size_t at_ = 0;
};

} // namespace

bool parse(const std::string& file, std::string_view text, model& into,
           diagnostics& errors) {
  auto before = errors.size();
  auto tokens = tokenize(file, text, errors);
  return errors.size() == before
         && parser{file, std::move(tokens), into, errors}.run();
}

} // namespace troupe::schema::gen
