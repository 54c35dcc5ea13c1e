#include "messages/codec/json.hpp"
#include "messages/protocol/api/api_call.hpp"
#include "messages/schema/registry.hpp"
#include "tests/unit/messages/protocol/golden.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::api_call;
using troupe::test::golden;
using troupe::test::to_hex;

namespace {

using shared_document = std::shared_ptr<const codec::document>;

shared_document config_map(std::string_view json) {
  const auto* type = schema::find_kind_type({"", "v1", "ConfigMap"});
  auto read = codec::decode_json(json, type);
  REQUIRE(read.has_value());
  return std::make_shared<const codec::document>(std::move(read->doc));
}

shared_document settings() {
  return config_map(R"({"apiVersion":"v1","kind":"ConfigMap",
    "metadata":{"name":"settings","namespace":"default"},
    "data":{"a":"1"}})");
}

bool same(const shared_document& a, const shared_document& b) {
  if (a == nullptr || b == nullptr)
    return a == b;
  return a->type() == b->type() && codec::equal(a->root(), b->root());
}

bool same(const api::request& a, const api::request& b) {
  return a.user == b.user && a.verb == b.verb && a.target == b.target
         && a.field_manager == b.field_manager && same(a.body, b.body)
         && a.resource_version == b.resource_version && a.uid == b.uid
         && a.propagation_policy == b.propagation_policy
         && a.grace_period_seconds == b.grace_period_seconds;
}

bool same(const api::response& a, const api::response& b) {
  return a.status == b.status && same(a.object, b.object)
         && a.revision == b.revision;
}

bool same(const watch_batch& a, const watch_batch& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const watch_event& x, const watch_event& y) {
                      return x.type == y.type && x.revision == y.revision
                             && x.initial_end == y.initial_end
                             && same(x.object, y.object);
                    });
}

api::target some_target() {
  return {"apps", "v1", "deployments", "status", "default", "web"};
}

api::request full_request() {
  api::request value;
  value.verb = api::verb::update;
  value.target = some_target();
  value.field_manager = "agent";
  value.body = settings();
  value.resource_version = "12";
  value.uid = "6d0f9c1e-0000-4000-8000-00000000000a";
  value.propagation_policy = "Foreground";
  value.grace_period_seconds = 0;
  return value;
}

api::response full_response() {
  api::response value;
  value.status = {409,
                  "Conflict",
                  "it changed",
                  api::status_details{"web",
                                      "apps",
                                      "deployments",
                                      "some-uid",
                                      {{"FieldValueInvalid", "no", "spec"}},
                                      3},
                  true,
                  "token"};
  value.object = settings();
  value.revision = 70000;
  return value;
}

watch_open full_open() {
  return {some_target(), "app=web", "spec.nodeName=n1", 0};
}

watch_batch full_batch() {
  return {{event_type::added, 3, false, settings()},
          {event_type::deleted, 4, false, settings()},
          {event_type::bookmark, 5, true, nullptr}};
}

template <class T, class Encode, class Decode>
void check_golden(const char* name, const T& value, Encode encode_it,
                  Decode decode_it) {
  CAPTURE(name);
  auto made = encode_it(value);
  auto path = std::string{"api_call/"} + name + "_v1.hex";
  CHECK(to_hex(made) == to_hex(golden(path, made)));
  auto read = decode_it(made);
  REQUIRE(read.has_value());
  if constexpr (std::is_same_v<T, watch_open>)
    CHECK(*read == value);
  else
    CHECK(same(*read, value));
  for (std::size_t i = 0; i < made.size(); ++i)
    CHECK_FALSE(decode_it(made.substr(0, i)).has_value());
}

} // namespace

TEST_CASE("API calls have the octets of their version", "[protocol]") {
  check_golden("request_full", full_request(), encode_request, decode_request);
  check_golden("request_least", api::request{}, encode_request, decode_request);
  check_golden("response_full", full_response(), encode_response,
               decode_response);
  auto least = api::response{};
  least.status.code = 0;
  check_golden("response_least", least, encode_response, decode_response);
}

TEST_CASE("watches have the octets of their version", "[protocol]") {
  auto encode_open = [](const watch_open& x) { return encode(x); };
  auto encode_batch = [](const watch_batch& x) { return encode(x); };
  check_golden("watch_open_full", full_open(), encode_open, decode_watch_open);
  check_golden("watch_open_least", watch_open{}, encode_open,
               decode_watch_open);
  check_golden("watch_batch_full", full_batch(), encode_batch,
               decode_watch_batch);
  check_golden("watch_batch_least", watch_batch{}, encode_batch,
               decode_watch_batch);
}

TEST_CASE("who asks does not travel", "[protocol]") {
  auto value = full_request();
  value.user.name = "system:admin";
  value.user.groups = {"system:masters"};
  CHECK(encode_request(value) == encode_request(full_request()));
}

TEST_CASE("an object of a kind unknown here is refused", "[protocol]") {
  auto made = encode_request(full_request());
  const std::string name = "io.k8s.api.core.v1.ConfigMap";
  made.replace(made.find(name), name.size(), "io.k8s.api.core.v1.ConfigMop");
  auto read = decode_request(made);
  REQUIRE_FALSE(read.has_value());
  CHECK(read.error().code == errc::unsupported);
}

TEST_CASE("an event has an object unless it is a bookmark", "[protocol]") {
  CHECK_FALSE(decode_watch_batch(
                  encode(watch_batch{{event_type::added, 1, false, nullptr}}))
                  .has_value());
  CHECK_FALSE(decode_watch_batch(encode(watch_batch{{event_type::bookmark, 1,
                                                     false, settings()}}))
                  .has_value());
}

TEST_CASE("API calls past their limits are refused", "[protocol]") {
  auto value = full_request();
  value.target.name.assign(1025, 'x');
  CHECK(decode_request(encode_request(value)).error().code == errc::too_large);
  auto open = full_open();
  open.label_selector.assign(64 * 1024 + 1, 'x');
  CHECK(decode_watch_open(encode(open)).error().code == errc::too_large);
}
