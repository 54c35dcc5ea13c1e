#include "messages/codec/validate/defaults.hpp"
#include "messages/codec/validate/strategy.hpp"
#include "tests/unit/messages/codec/validate/objects.hpp"

using namespace troupe;
using namespace troupe::codec;

namespace {

constexpr std::string_view name_label =
    R"("labels":{"kubernetes.io/metadata.name":"x"})";

bool same(const document& got, std::string_view plural,
          const std::string& want) {
  INFO(json(got));
  const auto expected = object(plural, want);
  CHECK(json(got) == json(expected));
  return equal(got.root(), expected.root());
}

std::string space(const std::string& metadata, const std::string& rest) {
  return R"({"metadata":{"name":"x",)" + std::string{name_label}
         + (metadata.empty() ? "" : "," + metadata) + "}" + rest + "}";
}

} // namespace

TEST_CASE("a namespace is labelled with its name") {
  auto doc = object("namespaces", R"({"metadata":{"name":"x"}})");
  apply_defaults(doc, resource("namespaces"));
  CHECK(same(doc, "namespaces", space("", "")));
  apply_defaults(doc, resource("namespaces"));
  CHECK(same(doc, "namespaces", space("", "")));
  auto forged = object(
      "namespaces",
      R"({"metadata":{"name":"x","labels":{"kubernetes.io/metadata.name":"y"}}})");
  apply_defaults(forged, resource("namespaces"));
  CHECK(same(forged, "namespaces", space("", "")));
  auto nameless = object("namespaces", R"({"metadata":{"generateName":"x-"}})");
  apply_defaults(nameless, resource("namespaces"));
  CHECK(same(nameless, "namespaces", R"({"metadata":{"generateName":"x-"}})"));
}

TEST_CASE("a new namespace is active and has its finalizer") {
  auto doc = object(
      "namespaces",
      R"({"metadata":{"name":"x","deletionTimestamp":"2026-01-02T03:04:05Z",)"
      R"("deletionGracePeriodSeconds":1,"generation":7},)"
      R"("status":{"phase":"Terminating"}})");
  prepare_for_create(doc, resource("namespaces"));
  CHECK(same(doc, "namespaces",
             space("", R"(,"spec":{"finalizers":["kubernetes"]},)"
                       R"("status":{"phase":"Active"})")));
  auto own = object("namespaces", R"({"metadata":{"name":"x"},)"
                                  R"("spec":{"finalizers":["a.b/c"]}})");
  prepare_for_create(own, resource("namespaces"));
  CHECK(same(own, "namespaces",
             space("", R"(,"spec":{"finalizers":["a.b/c","kubernetes"]},)"
                       R"("status":{"phase":"Active"})")));
}

TEST_CASE("an update of a namespace keeps finalizers, status and identity") {
  const std::string system = R"("uid":"u","resourceVersion":"5",)"
                             R"("creationTimestamp":"2026-01-02T03:04:05Z")";
  const std::string rest = R"(,"spec":{"finalizers":["kubernetes"]},)"
                           R"("status":{"phase":"Active"})";
  const auto old = object("namespaces", space(system, rest));
  auto next =
      object("namespaces", R"({"metadata":{"name":"x","annotations":{"a":"b"},)"
                           R"("creationTimestamp":"2027-01-01T00:00:00Z"},)"
                           R"("spec":{"finalizers":[]},)"
                           R"("status":{"phase":"Terminating"}})");
  prepare_for_update(next, old, resource("namespaces"));
  CHECK(same(next, "namespaces",
             space(system + R"(,"annotations":{"a":"b"})", rest)));
}

TEST_CASE("an update cannot undo a deletion or forge a uid unseen") {
  const auto old =
      object("configmaps",
             R"({"metadata":{"name":"a","uid":"u","resourceVersion":"5",)"
             R"("deletionTimestamp":"2026-01-02T03:04:05Z",)"
             R"("deletionGracePeriodSeconds":0}})");
  auto next =
      object("configmaps", R"({"metadata":{"name":"a","uid":"w",)"
                           R"("resourceVersion":"4"},"data":{"k":"v"}})");
  prepare_for_update(next, old, resource("configmaps"));
  CHECK(same(next, "configmaps",
             R"({"metadata":{"name":"a","uid":"w","resourceVersion":"4",)"
             R"("deletionTimestamp":"2026-01-02T03:04:05Z",)"
             R"("deletionGracePeriodSeconds":0},"data":{"k":"v"}})"));
}

TEST_CASE("a status write changes the status alone") {
  const auto old =
      object("namespaces", space(R"("resourceVersion":"5")",
                                 R"(,"spec":{"finalizers":["kubernetes"]},)"
                                 R"("status":{"phase":"Active"})"));
  auto next = object("namespaces", R"({"metadata":{"name":"x"},)"
                                   R"("spec":{"finalizers":["a.b/c"]},)"
                                   R"("status":{"phase":"Terminating"}})");
  prepare_for_status_update(next, old, resource("namespaces"));
  CHECK(same(next, "namespaces",
             R"({"metadata":{"name":"x","resourceVersion":"5"},)"
             R"("spec":{"finalizers":["kubernetes"]},)"
             R"("status":{"phase":"Terminating"}})"));
}

TEST_CASE("finalize changes the finalizers of the spec alone") {
  const auto old =
      object("namespaces", space("", R"(,"spec":{"finalizers":["kubernetes"]},)"
                                     R"("status":{"phase":"Active"})"));
  auto next = object("namespaces", space("", R"(,"status":{"phase":"x"})"));
  prepare_for_subresource_update(next, old, resource("namespaces"), "finalize");
  CHECK(same(next, "namespaces", space("", R"(,"status":{"phase":"Active"})")));
}
