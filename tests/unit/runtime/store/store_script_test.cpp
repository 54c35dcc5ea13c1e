#include "runtime/store/store_fsm.hpp"
#include "tests/support/datadriven.hpp"

#include <catch2/catch.hpp>

#include <sstream>

using namespace troupe;
using namespace troupe::store;
using troupe::test::script_command;

namespace {

std::string text(revision r) {
  return std::to_string(r.value());
}

std::string text(const apply_outcome& outcome) {
  if (auto* x = std::get_if<committed>(&outcome)) {
    std::string line = "committed";
    for (auto& [at, changed] : x->ops)
      line += " " + text(at) + (changed ? "" : "=");
    return line;
  }
  if (auto* x = std::get_if<guard_failed>(&outcome))
    return "guard " + std::to_string(x->guard) + " failed, standing "
           + text(x->standing);
  if (auto* x = std::get_if<fenced_off>(&outcome))
    return "fenced off by " + text(x->epoch);
  return "outcome compacted";
}

/// Runs one store through a script. Lines of `propose`:
/// absent K, at K R, present K, active N (guards); put K V, erase K (ops).
class script {
public:
  std::string run(const script_command& c) {
    if (c.name == "propose")
      return propose(c);
    if (c.name == "raise")
      return text(
          fsm_.apply(raise_fence{c.word(0), number(c.word(1))}).outcome);
    if (c.name == "compact")
      return text(fsm_.apply(compact{number(c.word(0))}).outcome);
    if (c.name == "list")
      return list(c);
    if (c.name == "watch")
      return watch(c);
    throw std::runtime_error{"unknown command " + c.name};
  }

private:
  static revision number(const std::string& digits) {
    return revision{std::stoull(digits)};
  }

  static void add_line(proposal& p, const std::string& line) {
    std::istringstream words{line};
    std::string verb, subject, more;
    words >> verb >> subject >> more;
    if (verb == "absent")
      p.guards.push_back(key_absent{subject});
    else if (verb == "at")
      p.guards.push_back(key_at_revision{subject, number(more)});
    else if (verb == "present")
      p.guards.push_back(key_present{subject});
    else if (verb == "active")
      p.guards.push_back(namespace_active{subject});
    else if (verb == "put")
      p.ops.push_back(put{
          subject, make_shared_bytes(more), {.deleting = more == "deleting"}});
    else if (verb == "erase")
      p.ops.push_back(erase{subject});
    else
      throw std::runtime_error{"unknown line " + line};
  }

  std::string propose(const script_command& c) {
    proposal p;
    p.id = proposal_id{{static_cast<std::uint8_t>(std::stoi(c.word(0)))}};
    if (auto epoch = c.option("epoch"); !epoch.empty())
      p.fence = fence{c.option("fence"), number(epoch)};
    std::istringstream lines{c.input};
    for (std::string line; std::getline(lines, line);)
      add_line(p, line);
    return text(fsm_.apply(std::move(p)).outcome);
  }

  std::string list(const script_command& c) {
    auto root = fsm_.snapshot();
    auto prefix = c.option("prefix");
    auto at = number(c.option("at", text(root->applied())));
    if (auto gap = root->gap(at))
      return *gap == read_gap::compacted ? "compacted" : "future";
    std::string lines;
    root->range(prefix, prefix_end(prefix), at,
                [&](const key& k, const version_ptr& v) {
                  lines += k + " " + *v->value + " created " + text(v->created)
                           + " modified " + text(v->modified) + "\n";
                  return true;
                });
    return lines.empty() ? "nothing" : lines;
  }

  std::string watch(const script_command& c) {
    std::string lines;
    fsm_.snapshot()->events(number(c.word(0)), [&](const event& e) {
      lines += text(e.now->modified) + " "
               + (e.now->tombstone() ? "deleted "
                  : e.before         ? "modified "
                                     : "added ")
               + e.key + "\n";
      return true;
    });
    return lines.empty() ? "nothing" : lines;
  }

  store_fsm fsm_;
};

} // namespace

TEST_CASE("store scripts", "[store]") {
  for (auto& file : troupe::test::scripts_in(TROUPE_TEST_DATA "/store")) {
    CAPTURE(file);
    script run;
    auto differences = troupe::test::run_script(
        file, [&](const script_command& c) { return run.run(c); });
    for (auto& difference : differences)
      FAIL_CHECK(difference);
  }
}
