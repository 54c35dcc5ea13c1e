#include "tests/support/datadriven.hpp"
#include "tests/unit/runtime/watch/watch_objects.hpp"

#include <catch2/catch.hpp>

#include <sstream>

using namespace troupe;
using namespace troupe::watch;
using namespace troupe::watch::test;
using troupe::test::script_command;

namespace {

/// Runs one hub over one store. Bookmarks come without jitter.
///
///     write                         lines: put K V label:a=b field:x=y, erase
///     K advance                       shows the hub the store as it stands
///     watch N prefix=.. labels=.. fields=.. after=.. bookmarks=yes
///             initial-end=yes timeout=SECONDS
///     leave N / tick SECONDS / compact REVISION / size
class script {
public:
  std::string run(const script_command& c) {
    if (c.name == "write")
      return write(c);
    if (c.name == "advance")
      return print(hub_.advance(store_.snapshot()));
    if (c.name == "watch")
      return watch(c);
    if (c.name == "leave")
      return hub_.remove(id(c)) ? "left" : "not open";
    if (c.name == "tick")
      return tick(c);
    if (c.name == "compact") {
      store_.compact(store::revision{std::stoull(c.word(0))});
      return "ok";
    }
    if (c.name == "size")
      return std::to_string(hub_.size());
    throw std::runtime_error{"unknown command " + c.name};
  }

private:
  static watch_id id(const script_command& c) {
    return watch_id{std::stoull(c.word(0))};
  }

  static store::op to_op(const std::string& line) {
    std::istringstream words{line};
    std::string verb, key, value;
    words >> verb >> key >> value;
    texts labels, fields;
    for (std::string more; words >> more;) {
      const auto colon = more.find(':');
      const auto equals = more.find('=');
      auto& into = more.starts_with("label:") ? labels : fields;
      into[more.substr(colon + 1, equals - colon - 1)] =
          more.substr(equals + 1);
    }
    if (verb == "erase")
      return store::erase{key};
    return put_of(key, value, labels, fields);
  }

  std::string write(const script_command& c) {
    std::vector<store::op> ops;
    std::istringstream lines{c.input};
    for (std::string line; std::getline(lines, line);)
      ops.push_back(to_op(line));
    store_.write(std::move(ops));
    return "at " + std::to_string(store_.snapshot()->applied().value());
  }

  std::string watch(const script_command& c) {
    watch_request r;
    r.prefix = c.option("prefix");
    r.labels = meta::label_selector::parse(c.option("labels")).value();
    r.fields = meta::field_selector::parse(c.option("fields")).value();
    if (auto after = c.option("after"); !after.empty())
      r.after = store::revision{std::stoull(after)};
    r.bookmarks = c.option("bookmarks") == "yes";
    r.mark_initial_end = c.option("initial-end") == "yes";
    if (auto timeout = c.option("timeout"); !timeout.empty())
      r.timeout = std::chrono::seconds{std::stoi(timeout)};
    return print(hub_.add(id(c), std::move(r), now_));
  }

  std::string tick(const script_command& c) {
    now_ = at_seconds(std::stod(c.word(0)));
    return print(hub_.tick(now_));
  }

  static std::string print(const hub_output& out) {
    std::string lines;
    for (const auto& send : out.sends)
      for (const auto& what : out.batch(send))
        lines += "watch " + std::to_string(send.to.value()) + ": " + text(what)
                 + "\n";
    for (const auto& end : out.finishes)
      lines += "watch " + std::to_string(end.who.value()) + ": end "
               + text(end.why) + "\n";
    return lines.empty() ? "nothing" : lines;
  }

  writer store_;
  mono_time now_{};
  hub_config config_{.bookmark_jitter = duration{0}, .watches_max = 8};
  watch_hub hub_{store_.snapshot(), 1, config_};
};

} // namespace

TEST_CASE("watch hub scripts", "[watch]") {
  for (auto& file : troupe::test::scripts_in(TROUPE_TEST_DATA "/watch")) {
    CAPTURE(file);
    script run;
    auto differences = troupe::test::run_script(
        file, [&](const script_command& c) { return run.run(c); });
    for (auto& difference : differences)
      FAIL_CHECK(difference);
  }
}
