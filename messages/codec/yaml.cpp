#include "messages/codec/yaml.hpp"

#include "messages/base/utf8.hpp"
#include "messages/codec/yaml_scalar.hpp"
#include "messages/meta/go_quote.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <cmath>
#include <istream>
#include <map>
#include <optional>
#include <streambuf>
#include <utility>

namespace troupe::codec {

namespace {

/// Aliases may make the document this much bigger than its text may be.
constexpr std::size_t expansion_max = 4;

/// What a value costs besides its text.
constexpr std::size_t node_cost = 8;

/// Ends the parser from inside a callback.
struct refused {
  error why;
};

[[noreturn]] void refuse(errc code, const YAML::Mark& at, std::string what) {
  throw refused{{code, "yaml: line " + std::to_string(at.line + 1) + ": "
                           + std::move(what)}};
}

/// Folds the parser's events into an untyped document. Aliases share the node
/// of their anchor, but each counts with the whole size of what it repeats.
class tree_builder : public YAML::EventHandler {
public:
  tree_builder(document& doc, const json_limits& limits)
      : doc_{doc}, limits_{limits} {}

  node* root() const { return root_; }

  /// `  line 4: key "a" already set in map`, one per line, `problems_max` at
  /// most.
  const std::string& duplicates() const { return duplicates_; }

  void OnDocumentStart(const YAML::Mark&) override {}

  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& at, YAML::anchor_t anchor) override;
  void OnAlias(const YAML::Mark& at, YAML::anchor_t anchor) override;
  void OnScalar(const YAML::Mark& at, const std::string& tag,
                YAML::anchor_t anchor, const std::string& value) override;
  void OnSequenceStart(const YAML::Mark& at, const std::string& tag,
                       YAML::anchor_t anchor,
                       YAML::EmitterStyle::value style) override;
  void OnSequenceEnd() override;
  void OnMapStart(const YAML::Mark& at, const std::string& tag,
                  YAML::anchor_t anchor,
                  YAML::EmitterStyle::value style) override;
  void OnMapEnd() override;

private:
  struct keyed {
    entry value;
    int line;
  };

  /// A container that has not ended.
  struct frame {
    node* container;
    YAML::anchor_t anchor;
    std::size_t size_before;
    YAML::Mark at;
    std::vector<keyed> entries; ///< of a map
    std::vector<node*> merged;  ///< values of its `<<` keys
    std::vector<node*> items;   ///< of a list
    std::optional<std::string_view> key;
    int key_line = 0;
    bool key_is_merge = false;
  };

  struct anchored {
    node* value; ///< null while it is open
    std::size_t size;
  };

  void grow(const YAML::Mark& at, std::size_t size);
  void open(const YAML::Mark& at, node* container, YAML::anchor_t anchor);
  void close();
  void add(const YAML::Mark& at, node* value, bool is_merge_key = false);
  void add_key(frame& to, const YAML::Mark& at, const node& value);
  void fill_map(frame& from);
  void merge(frame& into, const node& from, std::vector<entry>& entries);

  document& doc_;
  const json_limits& limits_;
  node* root_ = nullptr;
  std::vector<frame> frames_;
  std::map<YAML::anchor_t, anchored> anchors_;
  std::size_t size_ = 0;
  std::string duplicates_;
  std::size_t duplicate_count_ = 0;
};

void tree_builder::grow(const YAML::Mark& at, std::size_t size) {
  size_ += size;
  if (size_ / expansion_max > limits_.size_max)
    refuse(errc::too_large, at, "document contains excessive aliasing");
}

void tree_builder::open(const YAML::Mark& at, node* container,
                        YAML::anchor_t anchor) {
  if (frames_.size() >= limits_.depth_max)
    refuse(errc::too_large, at, "exceeded max depth");
  if (anchor != YAML::NullAnchor)
    anchors_[anchor] = {nullptr, 0};
  frames_.push_back({container, anchor, size_, at, {}, {}, {}, {}});
  grow(at, node_cost);
}

void tree_builder::close() {
  auto done = std::move(frames_.back());
  frames_.pop_back();
  if (done.container->is(node_kind::map))
    fill_map(done);
  else
    doc_.assign(*done.container, done.items);
  if (done.anchor != YAML::NullAnchor)
    anchors_[done.anchor] = {done.container, size_ - done.size_before};
  add(done.at, done.container);
}

void tree_builder::add(const YAML::Mark& at, node* value, bool is_merge_key) {
  if (frames_.empty()) {
    root_ = value;
    return;
  }
  auto& to = frames_.back();
  if (to.container->is(node_kind::list)) {
    to.items.push_back(value);
  } else if (!to.key && !to.key_is_merge) {
    to.key_line = at.line + 1;
    to.key_is_merge = is_merge_key;
    if (!is_merge_key)
      add_key(to, at, *value);
  } else if (to.key_is_merge) {
    to.merged.push_back(value);
    to.key_is_merge = false;
  } else {
    to.entries.push_back({{*to.key, value}, to.key_line});
    to.key.reset();
  }
}

void tree_builder::add_key(frame& to, const YAML::Mark& at, const node& value) {
  std::string text;
  if (!append_key_text(text, value))
    refuse(errc::invalid_argument, at, "unsupported map key");
  to.key = doc_.intern(text);
}

void tree_builder::merge(frame& into, const node& from,
                         std::vector<entry>& entries) {
  if (from.is(node_kind::list)) {
    // Earlier maps win over later ones, so the last goes in first.
    for (std::size_t i = from.size(); i-- > 0;) {
      if (!from.items()[i]->is(node_kind::map))
        refuse(errc::invalid_argument, into.at,
               "map merge requires map or sequence of maps as the value");
      merge(into, *from.items()[i], entries);
    }
    return;
  }
  if (!from.is(node_kind::map))
    refuse(errc::invalid_argument, into.at,
           "map merge requires map or sequence of maps as the value");
  entries.insert(entries.end(), from.entries().begin(), from.entries().end());
}

void tree_builder::fill_map(frame& from) {
  std::ranges::stable_sort(from.entries, {},
                           [](const keyed& x) { return x.value.key; });
  for (std::size_t i = 1; i < from.entries.size(); ++i) {
    const auto& x = from.entries[i];
    if (x.value.key == from.entries[i - 1].value.key
        && duplicate_count_++ < decoded::problems_max)
      duplicates_ += "\n  line " + std::to_string(x.line) + ": key "
                     + meta::go_quote(x.value.key) + " already set in map";
  }
  // Of equal keys the last wins: what is merged in goes first.
  std::vector<entry> entries;
  for (const auto* value : from.merged)
    merge(from, *value, entries);
  for (const auto& x : from.entries)
    entries.push_back(x.value);
  doc_.assign(*from.container, entries);
}

void tree_builder::OnNull(const YAML::Mark& at, YAML::anchor_t anchor) {
  OnScalar(at, "?", anchor, "");
}

void tree_builder::OnAlias(const YAML::Mark& at, YAML::anchor_t anchor) {
  const auto found = anchors_.find(anchor);
  if (found == anchors_.end() || found->second.value == nullptr)
    refuse(errc::invalid_argument, at, "an anchor contains itself");
  grow(at, found->second.size);
  add(at, found->second.value);
}

void tree_builder::OnScalar(const YAML::Mark& at, const std::string& tag,
                            YAML::anchor_t anchor, const std::string& value) {
  if (!is_utf8(value))
    refuse(errc::invalid_argument, at, "invalid Unicode character");
  const bool plain = tag.empty() || tag == "?" || tag == "tag:yaml.org,2002:int"
                     || tag == "tag:yaml.org,2002:float"
                     || tag == "tag:yaml.org,2002:bool"
                     || tag == "tag:yaml.org,2002:null";
  if (tag == "tag:yaml.org,2002:binary")
    refuse(errc::unsupported, at, "!!binary is not supported");
  auto* scalar =
      plain ? make_plain_scalar(doc_, value) : doc_.make_string(value);
  if (scalar->is(node_kind::real) && !std::isfinite(scalar->real()))
    refuse(errc::invalid_argument, at, "json: unsupported value: " + value);
  grow(at, node_cost + value.size());
  if (anchor != YAML::NullAnchor)
    anchors_[anchor] = {scalar, node_cost + value.size()};
  add(at, scalar, plain && value == "<<");
}

void tree_builder::OnSequenceStart(const YAML::Mark& at, const std::string&,
                                   YAML::anchor_t anchor,
                                   YAML::EmitterStyle::value) {
  open(at, doc_.make_list(), anchor);
}

void tree_builder::OnSequenceEnd() {
  close();
}

void tree_builder::OnMapStart(const YAML::Mark& at, const std::string&,
                              YAML::anchor_t anchor,
                              YAML::EmitterStyle::value) {
  open(at, doc_.make_map(), anchor);
}

void tree_builder::OnMapEnd() {
  close();
}

/// Reads octets where they are; the stream never writes them.
class view_buffer : public std::streambuf {
public:
  explicit view_buffer(bytes_view text) {
    auto* begin = const_cast<char*>(text.data());
    setg(begin, begin, begin + text.size());
  }
};

/// Accepts whatever comes behind the first document.
class nothing_more : public YAML::EventHandler {
public:
  void OnDocumentStart(const YAML::Mark& at) override {
    refuse(errc::invalid_argument, at, "more than one document");
  }

  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark&, YAML::anchor_t) override {}

  void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}

  void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t,
                const std::string&) override {}

  void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {}

  void OnSequenceEnd() override {}

  void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                  YAML::EmitterStyle::value) override {}

  void OnMapEnd() override {}
};

/// Runs the parser; its exceptions end here.
std::optional<error> build(bytes_view text, tree_builder& tree) {
  try {
    view_buffer buffer{text};
    std::istream stream{&buffer};
    YAML::Parser parser{stream};
    if (parser.HandleNextDocument(tree)) {
      nothing_more end;
      parser.HandleNextDocument(end);
    }
    return std::nullopt;
  } catch (const refused& x) {
    return x.why;
  } catch (const YAML::Exception& x) {
    return error{errc::invalid_argument, "yaml: line "
                                             + std::to_string(x.mark.line + 1)
                                             + ": " + x.msg};
  }
}

} // namespace

result<decoded> decode_yaml(bytes_view text, const schema::type_desc* type,
                            const json_limits& limits) {
  if (text.size() > limits.size_max)
    return error{errc::too_large, "yaml: more than "
                                      + std::to_string(limits.size_max)
                                      + " bytes"};
  document tree_doc;
  tree_builder tree{tree_doc, limits};
  if (auto failure = build(text, tree))
    return std::move(*failure);
  const auto json = encode_json(
      tree.root() != nullptr ? *tree.root() : tree_doc.root(), nullptr);
  // Escapes lengthen a text at most sixfold.
  auto inner = limits;
  inner.size_max = limits.size_max * expansion_max * 6;
  auto out = decode_json(json, type, inner);
  if (out && !tree.duplicates().empty())
    out->problems.insert(out->problems.begin(),
                         "yaml: unmarshal errors:" + tree.duplicates());
  return out;
}

} // namespace troupe::codec
