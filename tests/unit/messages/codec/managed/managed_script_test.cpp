#include "messages/codec/json.hpp"
#include "messages/codec/managed/field_manager.hpp"
#include "tests/support/datadriven.hpp"
#include "tests/unit/messages/codec/patch/sample_type.hpp"

#include <catch2/catch.hpp>

#include <optional>

using namespace troupe;
using namespace troupe::codec;

namespace {

/// One object through a series of writes.
///
///     reset                                forgets the object
///     update manager=m at=<second> [version=v] [subresource=s] [ignore=f]
///     <the object; its managedFields are kept when it says nothing of them>
///     apply manager=m at=<second> [force=yes]
///     <the configuration>
class session {
public:
  std::string run(const test::script_command& command) {
    if (command.name == "reset") {
      live_.reset();
      return "ok";
    }
    auto body = decode_json(command.input, &test::widget_type());
    if (!body)
      throw std::runtime_error(body.error().message);
    manager_ = command.option("manager");
    version_ = command.option("version", "test/v1");
    subresource_ = command.option("subresource");
    ignored_ = {};
    if (auto field = command.option("ignore"); !field.empty())
      ignored_.insert({field_step(field)});
    field_write write{manager_,     version_,    "Widget",
                      subresource_, at(command), &ignored_};
    if (command.name == "apply")
      return apply(body->doc, write, command.option("force") == "yes");
    update_managed_fields(live_ ? &*live_ : nullptr, body->doc, write);
    live_ = std::move(body->doc);
    return print();
  }

private:
  static wall_time at(const test::script_command& command) {
    return wall_time{std::chrono::seconds{std::stoi(command.option("at"))}};
  }

  std::string apply(const document& config, const field_write& write,
                    bool force) {
    auto outcome =
        apply_fields(live_ ? &*live_ : nullptr, config, write, force);
    if (auto* failed = std::get_if<error>(&outcome))
      return "error: " + failed->message;
    if (auto* conflicts = std::get_if<apply_conflicts>(&outcome)) {
      auto text = conflicts->message();
      for (auto& conflict : conflicts->conflicts)
        text += "\ncause " + conflict.field + ": " + conflict.message();
      return text;
    }
    auto& done = std::get<applied>(outcome);
    live_ = std::move(done.object);
    return (done.changed ? "" : "unchanged\n") + print();
  }

  /// The object, then each entry: operation, manager, time, fields.
  std::string print() {
    auto bare = live_->clone();
    remove_managed_fields(bare);
    auto out = encode_json(bare.root(), bare.type());
    auto entries = decode_managed_fields(*live_);
    REQUIRE(entries);
    for (auto& entry : *entries) {
      auto& owner = entry.owner;
      out += owner.operation == managed_operation::apply ? "\nApply "
                                                         : "\nUpdate ";
      out += owner.manager + " " + owner.api_version + " " + entry.time;
      if (!owner.subresource.empty())
        out += " " + owner.subresource;
      out += "\n  ";
      append_json(out, encode_fields_v1(entry.fields).root(), nullptr);
    }
    return out;
  }

  std::optional<document> live_;
  std::string manager_;
  std::string version_;
  std::string subresource_;
  field_set ignored_;
};

} // namespace

TEST_CASE("field ownership follows its scripts") {
  for (auto& file : test::scripts_in(TROUPE_TEST_DATA "/codec/managed")) {
    session one;
    auto run = [&one](const test::script_command& command) {
      return one.run(command);
    };
    for (auto& difference : test::run_script(file, run))
      FAIL_CHECK(difference);
  }
}
