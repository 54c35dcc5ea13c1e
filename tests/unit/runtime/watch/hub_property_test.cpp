#include "runtime/base/prng.hpp"
#include "tests/unit/runtime/watch/watch_objects.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::watch;
using namespace troupe::watch::test;

namespace {

/// One object as anybody would describe it.
struct object {
  std::string value;
  texts labels;
  texts fields;
};

struct change {
  std::uint64_t at;
  store::key key;
  std::optional<object> was, is;
};

/// One condition of a selector; `value` none asks whether a label exists.
struct condition {
  std::string name;
  std::optional<std::string> value;
  bool holds = true;
};

struct wish {
  std::string prefix;
  std::vector<condition> labels, fields;
  std::optional<std::uint64_t> after;
};

bool met(const condition& c, const texts& of, bool absent_is_empty) {
  auto found = of.find(c.name);
  if (!c.value)
    return (found != of.end()) == c.holds;
  auto equal = found != of.end() ? found->second == *c.value
                                 : absent_is_empty && c.value->empty();
  return equal == c.holds;
}

bool wanted(const wish& w, const store::key& key, const object& o) {
  auto all = key.substr(0, w.prefix.size()) == w.prefix;
  for (auto& c : w.labels)
    all = all && met(c, o.labels, false);
  for (auto& c : w.fields)
    all = all && met(c, o.fields, true);
  return all;
}

std::string line(std::uint64_t at, const std::string& type,
                 const store::key& key, const object& o) {
  return std::to_string(at) + " " + type + " " + key + " " + o.value;
}

/// Every write there was, and what a watch must make of it.
struct history {
  std::map<store::key, object> now;
  std::vector<change> changes;

  std::uint64_t applied() const { return changes.size(); }

  std::optional<object> live(const store::key& key) const {
    auto found = now.find(key);
    return found == now.end() ? std::nullopt : std::optional{found->second};
  }

  void put(const store::key& key, object o) {
    changes.push_back({applied() + 1, key, live(key), o});
    now[key] = std::move(o);
  }

  void erase(const store::key& key) {
    if (auto was = live(key))
      changes.push_back({applied() + 1, key, was, std::nullopt});
    now.erase(key);
  }

  std::vector<std::string> between(const wish& w, std::uint64_t after,
                                   std::uint64_t to) const {
    std::vector<std::string> out;
    for (auto& c : changes) {
      if (c.at <= after || c.at > to)
        continue;
      auto was = c.was && wanted(w, c.key, *c.was);
      auto is = c.is && wanted(w, c.key, *c.is);
      if (is)
        out.push_back(line(c.at, was ? "modified" : "added", c.key, *c.is));
      else if (was)
        out.push_back(line(c.at, "deleted", c.key, *c.was));
    }
    return out;
  }

  /// What matches as of `at`, in key order, with the revisions it has.
  std::vector<std::string> listed(const wish& w, std::uint64_t at) const {
    std::map<store::key, std::string> live;
    for (auto& c : changes) {
      if (c.at > at)
        break;
      live.erase(c.key);
      if (c.is && wanted(w, c.key, *c.is))
        live[c.key] = line(c.at, "added", c.key, *c.is);
    }
    std::vector<std::string> out;
    for (auto& [key, text] : live)
      out.push_back(text);
    return out;
  }
};

/// One open watch: what it asked, what it heard, what it must have heard.
struct listener {
  wish asked;
  bool wants_bookmarks = false;
  std::uint64_t begun = 0;
  std::vector<std::string> first; ///< the initial events it must have heard
  std::vector<std::string> heard;
  std::uint64_t bookmark = 0; ///< the last one
};

class world {
public:
  explicit world(std::uint64_t seed) : random_(seed) {}

  void step() {
    switch (random_.below(8)) {
      case 0:
      case 1:
      case 2:
        return write();
      case 3:
        root_ = store_.snapshot();
        return take(hub_.advance(root_));
      case 4:
        return open();
      case 5:
        return leave();
      case 6:
        if (random_.chance(20))
          store_.compact(
              store::revision{random_.below(hub_.applied().value() + 1)});
        return;
      default:
        now_ += std::chrono::seconds{random_.below(40)};
        return take(hub_.tick(now_));
    }
  }

  /// After every step: each watch has heard exactly what it must have, whole
  /// batches of it, in order, once.
  void check() const {
    const auto to = hub_.applied().value();
    for (auto& [id, l] : open_) {
      CAPTURE(id.value(), l.asked.prefix, l.begun, to);
      auto want = l.first;
      for (auto& x : written_.between(l.asked, l.begun, to))
        want.push_back(x);
      CHECK(l.heard == want);
    }
    CHECK(hub_.size() == open_.size());
  }

  /// Whatever revision a watch has seen, it can go on from there.
  void check_resumption() {
    const auto to = hub_.applied().value();
    const auto open = open_;
    for (auto& [id, l] : open)
      for (auto& heard : l.heard) {
        const auto at = std::stoull(heard);
        auto again = l.asked;
        again.after = at;
        if (at < compacted() || at < l.begun)
          continue;
        auto out = hub_.add(watch_id{++last_id_}, to_request(again), now_);
        std::vector<std::string> replayed;
        for (auto& send : out.sends)
          for (auto& what : out.batch(send))
            replayed.push_back(text(what));
        CHECK(replayed == written_.between(l.asked, at, to));
        CHECK(hub_.remove(watch_id{last_id_}));
      }
  }

  std::size_t heard = 0;
  std::size_t bookmarks = 0;
  std::size_t refused = 0;

private:
  std::uint64_t compacted() const { return root_->compacted().value(); }

  template <class... Ts>
  std::string any(Ts... of) {
    const std::string all[] = {of...};
    return all[random_.below(sizeof...(of))];
  }

  store::key some_key() {
    if (random_.chance(20))
      return "core/nodes/" + any("a", "b");
    return any("core/pods/", "core/podsets/") + any("x/", "xy/")
           + any("a", "b", "c");
  }

  void write() {
    std::vector<store::op> ops;
    for (auto n = 1 + random_.below(4); n > 0; --n) {
      auto key = some_key();
      if (random_.chance(25)) {
        ops.push_back(store::erase{key});
        written_.erase(key);
        continue;
      }
      object o;
      o.value = "v" + std::to_string(++values_);
      if (random_.chance(70))
        o.labels["app"] = any("web", "db");
      if (random_.chance(70))
        o.fields["spec.nodeName"] = any("n1", "n2");
      auto put = put_of(key, o.value, o.labels, o.fields);
      for (auto& field : put.columns.fields)
        o.fields[field.name] = field.value;
      written_.put(key, o);
      ops.push_back(std::move(put));
    }
    store_.write(std::move(ops));
    REQUIRE(store_.snapshot()->applied().value() == written_.applied());
  }

  wish some_wish() {
    wish w;
    w.prefix = any("", "core/pods/", "core/pods/x/", "core/podsets/xy/",
                   "core/nodes/", "core/none/");
    if (random_.chance(30))
      w.labels.push_back({"app", any("web", "db"), random_.chance(50)});
    if (random_.chance(15))
      w.labels.push_back({"app", std::nullopt, random_.chance(50)});
    if (random_.chance(30))
      w.fields.push_back(
          {"spec.nodeName", any("n1", "n2", ""), random_.chance(70)});
    if (random_.chance(30))
      w.fields.push_back({"metadata.name", any("a", "b"), random_.chance(80)});
    if (random_.chance(70))
      w.after = random_.below(hub_.applied().value() + 6);
    return w;
  }

  static watch_request to_request(const wish& w) {
    std::vector<meta::requirement> labels;
    for (auto& c : w.labels)
      labels.push_back(
          {c.name,
           c.value ? (c.holds ? meta::requirement_op::in
                              : meta::requirement_op::not_in)
                   : (c.holds ? meta::requirement_op::exists
                              : meta::requirement_op::not_exists),
           c.value ? std::vector{*c.value} : std::vector<std::string>{}});
    std::vector<meta::field_requirement> fields;
    for (auto& c : w.fields)
      fields.push_back({c.name, *c.value, c.holds});
    watch_request out;
    out.prefix = w.prefix;
    out.labels = meta::label_selector{labels};
    out.fields = meta::field_selector{fields};
    if (w.after)
      out.after = store::revision{*w.after};
    return out;
  }

  void open() {
    const watch_id id{++last_id_};
    listener l;
    l.asked = some_wish();
    l.wants_bookmarks = random_.chance(50);
    const auto now = hub_.applied().value();
    l.begun = l.asked.after.value_or(now);
    if (!l.asked.after)
      l.first = written_.listed(l.asked, now);
    auto request = to_request(l.asked);
    request.bookmarks = l.wants_bookmarks;
    open_[id] = std::move(l);
    take(hub_.add(id, std::move(request), now_));
  }

  void leave() {
    if (open_.empty())
      return;
    auto at = std::next(open_.begin(),
                        static_cast<long>(random_.below(open_.size())));
    CHECK(hub_.remove(at->first));
    open_.erase(at);
  }

  void take(const hub_output& out) {
    for (auto& send : out.sends)
      for (auto& what : out.batch(send))
        hear(open_.at(send.to), what);
    for (auto& end : out.finishes) {
      // The store compacts no further than the hub has come, so history
      // never overtakes it.
      CHECK(end.why == watch_end::compacted);
      CHECK(*open_.at(end.who).asked.after < compacted());
      ++refused;
      open_.erase(end.who);
    }
  }

  void hear(listener& l, const delivery& what) {
    ++heard;
    if (what.type == delivery_type::bookmark) {
      CHECK(l.wants_bookmarks);
      CHECK(what.at == hub_.applied());
      CHECK(what.at.value() >= std::max(l.begun, l.bookmark));
      l.bookmark = what.at.value();
      ++bookmarks;
      return;
    }
    // Nothing at or below a bookmark comes after it.
    CHECK((l.bookmark == 0 || what.at.value() > l.bookmark));
    l.heard.push_back(text(what));
  }

  prng random_;
  writer store_;
  history written_;
  mono_time now_{};
  std::uint64_t values_ = 0;
  std::uint64_t last_id_ = 0;
  std::shared_ptr<const store::store_snapshot> root_ = store_.snapshot();
  watch_hub hub_{root_, 1};
  std::map<watch_id, listener> open_;
};

} // namespace

TEST_CASE("random histories and openings against a plain model", "[watch]") {
  std::size_t heard = 0, bookmarks = 0, refused = 0;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    CAPTURE(seed);
    world w{seed};
    for (int n = 0; n < 250; ++n) {
      w.step();
      w.check();
    }
    w.check_resumption();
    heard += w.heard;
    bookmarks += w.bookmarks;
    refused += w.refused;
  }
  // The worlds were worth walking through.
  CHECK(heard > 10'000);
  CHECK(bookmarks > 300);
  CHECK(refused > 30);
}
