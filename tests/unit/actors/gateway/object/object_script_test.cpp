#include "actors/gateway/object/metadata.hpp"
#include "actors/gateway/object/storage.hpp"
#include "messages/schema/registry.hpp"
#include "tests/support/datadriven.hpp"
#include "tests/unit/actors/gateway/object/object_world.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace troupe;
using test::script_command;

namespace {

bool has_word(const script_command& c, const std::string& word) {
  return std::ranges::find(c.words, word) != c.words.end();
}

gateway::patch_kind kind_of(const script_command& c) {
  const auto kind = c.option("kind");
  if (kind == "json")
    return gateway::patch_kind::json;
  if (kind == "merge")
    return gateway::patch_kind::merge;
  if (kind == "strategic")
    return gateway::patch_kind::strategic;
  if (kind == "apply")
    return gateway::patch_kind::apply;
  throw std::runtime_error{"no patch kind " + kind};
}

std::optional<std::int64_t> grace_of(const script_command& c) {
  const auto text = c.option("grace");
  if (text.empty())
    return std::nullopt;
  return std::stoll(text);
}

/// Requests and what becomes of them, one world per script.
class script_runner {
public:
  std::string run(const script_command& c) {
    if (c.name == "advance")
      return world_.advance(std::chrono::seconds{std::stoi(c.word(0))}), "";
    if (c.name == "stored")
      return stored(c);
    if (c.name == "owners")
      return owners(c);
    if (c.name == "keys")
      return keys();
    return show(c, answer(c));
  }

private:
  gateway::object_call call_of(const script_command& c) const {
    auto out = world_.call(c.word(0), c.option("ns"), c.option("name"));
    out.subresource = c.option("sub");
    out.dry_run = has_word(c, "dry-run");
    out.field_manager = c.option("manager", "tester");
    if (has_word(c, "strict"))
      out.validation = gateway::field_validation::strict;
    if (has_word(c, "ignore"))
      out.validation = gateway::field_validation::ignore;
    return out;
  }

  gateway::object_answer answer(const script_command& c) {
    const auto before = world_.inner.current()->applied();
    auto out = ask(c);
    const auto after = world_.inner.current()->applied();
    wrote_ = before != after;
    return out;
  }

  gateway::object_answer ask(const script_command& c) {
    auto call = call_of(c);
    if (c.name == "create")
      return world_.create(std::move(call), c.input);
    if (c.name == "update")
      return world_.update(std::move(call), c.input);
    if (c.name == "patch")
      return world_.patch(std::move(call), kind_of(c), c.input,
                          has_word(c, "force"));
    if (c.name == "delete")
      return world_.remove(std::move(call),
                           {c.option("propagation"), grace_of(c),
                            c.option("uid"), c.option("rv")});
    throw std::runtime_error{"no command " + c.name};
  }

  std::string show(const script_command& c,
                   const gateway::object_answer& answer) const {
    std::string out = std::to_string(answer.status.code);
    out += wrote_ ? " written\n" : " nothing written\n";
    for (const auto& warning : answer.warnings)
      out += "warning: " + warning + "\n";
    if (answer.object == nullptr)
      return out + api::to_json(answer.status);
    CHECK(answer.code == answer.status.code);
    return out
           + test::object_json(*answer.object, *call_of(c).resource,
                               answer.revision);
  }

  std::optional<gateway::stored_object> find(const script_command& c) const {
    const auto call = call_of(c);
    return gateway::read_object(
               *world_.inner.current(),
               gateway::object_key(*call.resource, call.ns, call.name),
               *call.resource)
        .value();
  }

  std::string stored(const script_command& c) const {
    const auto found = find(c);
    if (!found)
      return "absent";
    return test::object_json(found->object, *call_of(c).resource,
                             found->at().value());
  }

  std::string owners(const script_command& c) const {
    const auto found = find(c);
    const auto* list = codec::find(
        found.value().object.root(),
        {gateway::metadata_id, gateway::object_meta::managed_fields});
    std::string out;
    if (list == nullptr)
      return "nobody";
    for (const auto* entry : list->items())
      out +=
          codec::encode_json(
              *entry, schema::find_type("io.k8s.apimachinery.pkg.apis.meta.v1."
                                        "ManagedFieldsEntry"))
          + "\n";
    return out;
  }

  std::string keys() const {
    std::string out;
    const auto state = world_.inner.current();
    state->range(
        "", "", state->applied(), [&](const auto& key, const auto& version) {
          out += key + " " + std::to_string(version->modified.value())
                 + (version->columns->deleting ? " deleting" : "") + "\n";
          return true;
        });
    return out;
  }

  test::object_world world_;
  bool wrote_ = false;
};

} // namespace

TEST_CASE("requests meet the rules of the write path") {
  const std::filesystem::path folder{TROUPE_TEST_DATA "/gateway/object"};
  for (const auto& file : test::scripts_in(folder)) {
    script_runner runner;
    for (const auto& failure :
         test::run_script(file, [&](const auto& c) { return runner.run(c); }))
      FAIL_CHECK(failure);
  }
}
