#include "actors/gateway/object/metadata.hpp"
#include "actors/gateway/object/storage.hpp"
#include "messages/codec/managed/managed_fields.hpp"
#include "tests/unit/actors/gateway/object/object_world.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <random>
#include <set>

using namespace troupe;
using namespace troupe::gateway;
using test::fate;

namespace {

/// What a ConfigMap should be, by the plainest account of each request.
struct model_object {
  std::map<std::string, std::string> data;
  std::string uid;
  std::uint64_t revision = 0;
  bool finalizer = false;
  bool deleting = false;
};

/// Random requests against the write path and the model beside each other.
class walk {
public:
  explicit walk(unsigned seed) : random_{seed} {
    world_.create(world_.call("namespaces", ""),
                  R"({"metadata":{"name":"ns"}})");
    last_ = 1;
  }

  void step() {
    // Answers get lost at times; that changes nothing anybody sees.
    if (pick(4) == 0)
      world_.store.fates = {pick(2) == 0 ? fate::unknown_done
                                         : fate::unknown_lost};
    world_.advance(std::chrono::seconds{pick(3)});
    const auto name = std::string{static_cast<char>('a' + pick(3))};
    managers_.insert(manager_ = "m" + std::to_string(pick(3)));
    switch (pick(5)) {
      case 0:
        create(name);
        break;
      case 1:
        update(name);
        break;
      case 2:
        patch(name);
        break;
      case 3:
        finalizer(name);
        break;
      case 4:
        remove(name);
        break;
    }
    world_.store.fates.clear();
    check_all();
  }

private:
  unsigned pick(unsigned n) { return random_() % n; }

  object_call call(const std::string& name) {
    auto out = world_.call("configmaps", "ns", name);
    out.field_manager = manager_;
    return out;
  }

  std::map<std::string, std::string> some_data() {
    std::map<std::string, std::string> out;
    for (const auto* key : {"k", "l"})
      if (pick(2) == 0)
        out[key] = std::to_string(pick(2));
    return out;
  }

  static std::string to_json(const std::map<std::string, std::string>& data) {
    std::string out;
    for (const auto& [key, value] : data)
      out.append(out.empty() ? "" : ",")
          .append("\"" + key + "\":\"" + value + "\"");
    return "{" + out + "}";
  }

  static std::string metadata(const std::string& name, bool finalizer) {
    return R"("metadata":{"name":")" + name
           + (finalizer ? R"(","finalizers":["x.io/a"]})" : R"("})");
  }

  void create(const std::string& name) {
    const auto data = some_data();
    const auto answer =
        world_.create(call(""), "{" + metadata(name, false)
                                    + ",\"data\":" + to_json(data) + "}");
    if (model_.contains(name)) {
      CHECK(answer.status.reason == "AlreadyExists");
      return;
    }
    REQUIRE(answer.code == 201);
    const std::string uid{uid_of(*answer.object)};
    CHECK(uids_.insert(uid).second);
    model_[name] = {data, uid, answer.revision, false, false};
    expect_written(answer.revision);
  }

  void update(const std::string& name) {
    auto next = some_data();
    const bool keeps = model_.contains(name) && model_[name].finalizer;
    const auto answer =
        world_.update(call(name), "{" + metadata(name, keeps)
                                      + ",\"data\":" + to_json(next) + "}");
    changed(name, answer, [&](model_object& x) { x.data = std::move(next); });
  }

  void patch(const std::string& name) {
    const auto more = some_data();
    const auto answer = world_.patch(call(name), patch_kind::merge,
                                     "{\"data\":" + to_json(more) + "}");
    changed(name, answer, [&](model_object& x) {
      for (const auto& [key, value] : more)
        x.data[key] = value;
    });
  }

  void finalizer(const std::string& name) {
    const bool on = pick(2) == 0;
    const auto found = model_.find(name);
    const bool adds = found != model_.end() && on && !found->second.finalizer;
    const auto answer =
        world_.patch(call(name), patch_kind::merge,
                     on ? R"({"metadata":{"finalizers":["x.io/a"]}})"
                        : R"({"metadata":{"finalizers":null}})");
    // What is being deleted has its finalizer, so nothing is added then.
    REQUIRE_FALSE((adds && found->second.deleting));
    changed(name, answer, [&](model_object& x) { x.finalizer = on; });
    if (model_.contains(name) && model_[name].deleting && !on)
      model_.erase(name);
  }

  void remove(const std::string& name) {
    const auto answer = world_.remove(call(name));
    if (!model_.contains(name)) {
      CHECK(answer.status.reason == "NotFound");
      return;
    }
    CHECK(answer.status.success);
    if (!model_[name].finalizer) {
      CHECK(answer.object == nullptr);
      CHECK(answer.status.details->uid == model_[name].uid);
      model_.erase(name);
      expect_written(last_ + 1);
      return;
    }
    changed(name, answer, [](model_object& x) { x.deleting = true; });
  }

  /// The answer of a write that `change` describes.
  template <class F>
  void changed(const std::string& name, const object_answer& answer, F change) {
    if (!model_.contains(name)) {
      CHECK(answer.status.reason == "NotFound");
      return;
    }
    REQUIRE(answer.status.success);
    auto& object = model_[name];
    const auto before = object;
    change(object);
    const bool same = before.data == object.data
                      && before.finalizer == object.finalizer
                      && before.deleting == object.deleting;
    if (!same)
      expect_written(answer.revision);
    else if (answer.revision != before.revision)
      // An absent map and an empty one are one value, but two to ownership.
      expect_written(answer.revision);
    object.revision = answer.revision;
  }

  void expect_written(std::uint64_t revision) { CHECK(revision == ++last_); }

  void check_all() {
    const auto state = world_.inner.current();
    CHECK(state->applied().value() == last_);
    CHECK(state->size() == model_.size() + 1);
    for (const auto& [name, expected] : model_)
      check_one(*state, name, expected);
  }

  void check_one(const store::store_snapshot& state, const std::string& name,
                 const model_object& expected) {
    const auto& resource = *world_.call("configmaps", "ns").resource;
    auto found =
        read_object(state, object_key(resource, "ns", name), resource).value();
    REQUIRE(found);
    CHECK(found->at().value() == expected.revision);
    CHECK(uid_of(found->object) == expected.uid);
    CHECK(is_deleting(found->object) == expected.deleting);
    CHECK(found->version->columns->deleting == expected.deleting);
    CHECK(meta_texts(found->object, object_meta::finalizers).empty()
          != expected.finalizer);
    const auto* data =
        codec::find_path(found->object.root(), resource.type, "data");
    CHECK((data == nullptr ? "{}" : codec::encode_json(*data, nullptr))
          == to_json(expected.data));
    for (const auto& entry :
         codec::decode_managed_fields(found->object).value()) {
      CHECK(managers_.contains(entry.owner.manager));
      CHECK_FALSE(entry.fields.empty());
    }
  }

  test::object_world world_;
  std::mt19937 random_;
  std::map<std::string, model_object> model_;
  std::set<std::string> uids_;
  std::set<std::string> managers_;
  std::string manager_;
  std::uint64_t last_ = 0;
};

} // namespace

TEST_CASE("random requests keep to a plain model") {
  for (unsigned seed = 1; seed <= 40; ++seed) {
    INFO("seed " << seed);
    walk w{seed};
    for (int i = 0; i < 60; ++i)
      w.step();
  }
}
