#include "messages/codec/validate/validate.hpp"
#include "tests/unit/messages/codec/validate/objects.hpp"

using namespace troupe;
using namespace troupe::codec;

namespace {

using lines = std::vector<std::string>;

struct create_row {
  std::string json;
  lines want; ///< beginnings of the errors, in order
};

void check_starts(const lines& got, const lines& want) {
  CHECK(got.size() == want.size());
  for (std::size_t i = 0; i < std::min(got.size(), want.size()); ++i) {
    INFO(got[i]);
    CHECK(got[i].starts_with(want[i]));
  }
}

void check_create(std::string_view plural, const create_row& row) {
  INFO(row.json);
  check_starts(
      texts(validate_create(object(plural, row.json), resource(plural))),
      row.want);
}

std::string config_map(const std::string& metadata,
                       const std::string& rest = {}) {
  return R"({"metadata":{"name":"a","namespace":"x")"
         + (metadata.empty() ? "" : "," + metadata) + "}"
         + (rest.empty() ? "" : "," + rest) + "}";
}

lines update(std::string_view plural, std::string_view next,
             std::string_view old) {
  return texts(validate_update(object(plural, next), object(plural, old),
                               resource(plural)));
}

} // namespace

TEST_CASE("metadata is judged in upstream's words") {
  const std::string big(256 * 1024, 'v');
  const std::string owner =
      R"({"apiVersion":"v1","kind":"A","name":"n","uid":"u","controller":true})";
  const create_row rows[] = {
      {config_map(""), {}},
      {"{}",
       {"metadata.name: Required value: name or generateName is required",
        "metadata.namespace: Required value"}},
      {R"({"metadata":{"name":"A","namespace":"x"}})",
       {"metadata.name: Invalid value: \"A\": a lowercase RFC 1123 subdomain"}},
      {R"({"metadata":{"name":"a","namespace":"a.b"}})",
       {"metadata.namespace: Invalid value: \"a.b\": must not contain dots"}},
      {config_map(R"("generateName":"AB-")"),
       {"metadata.generateName: Invalid value: \"AB-\": a lowercase RFC 1123"}},
      {config_map(R"("generation":-1)"),
       {"metadata.generation: Invalid value: -1: must be greater than or equal "
        "to 0"}},
      {config_map(R"("labels":{"_k":"v","k":"_v"})"),
       {"metadata.labels: Invalid value: \"_k\": name part must consist of",
        "metadata.labels: Invalid value: \"_v\": a valid label must be"}},
      {config_map(R"("annotations":{"Example.com/K":"any value"})"), {}},
      {config_map(R"("annotations":{"a b":""})"),
       {"metadata.annotations: Invalid value: \"a b\": name part must "
        "consist"}},
      {config_map(R"("annotations":{"k":")" + big + "\"}"),
       {"metadata.annotations: Too long: may not be more than 262144 bytes"}},
      {config_map(R"("finalizers":["kubernetes","a.b/c"])"), {}},
      {config_map(R"("finalizers":["mine"])"),
       {"metadata.finalizers[0]: Invalid value: \"mine\": name is neither a "
        "standard finalizer name nor is it fully qualified"}},
      {config_map(R"("finalizers":["orphan","foregroundDeletion"])"),
       {"metadata.finalizers: Invalid value: "
        "[\"orphan\",\"foregroundDeletion\"]: finalizer orphan and "
        "foregroundDeletion cannot be both set"}},
      {config_map(R"("ownerReferences":[{"apiVersion":"apps/"}])"),
       {"metadata.ownerReferences.apiVersion: Invalid value: \"apps/\": "
        "version "
        "must not be empty",
        "metadata.ownerReferences.kind: Invalid value: \"\": kind must not be "
        "empty",
        "metadata.ownerReferences.name: Invalid value: \"\": name must not be "
        "empty",
        "metadata.ownerReferences.uid: Invalid value: \"\": uid must not be "
        "empty"}},
      {config_map(R"("ownerReferences":[)" + owner + "," + owner + "]"),
       {"metadata.ownerReferences: Invalid value: [{"}},
      {config_map(R"("managedFields":[{"operation":"X","fieldsType":"Y"}])"),
       {"metadata.managedFields[0].operation: Invalid value: \"X\": must be "
        "`Apply` or `Update`",
        "metadata.managedFields[0].fieldsType: Invalid value: \"Y\": must be "
        "`FieldsV1`"}},
  };
  for (const auto& row : rows)
    check_create("configmaps", row);
}

TEST_CASE("config maps are judged in upstream's words") {
  const std::string mebibyte(1024 * 1024, 'v');
  const create_row rows[] = {
      {config_map("", R"("data":{"k":"v"},"binaryData":{"b":"AAE="})"), {}},
      {config_map("", R"("data":{"a/b":"v"})"),
       {"data[a/b]: Invalid value: \"a/b\": a valid config key must consist "
        "of"}},
      {config_map("", R"("binaryData":{"..":"AAE="})"),
       {"binaryData[..]: Invalid value: \"..\": must not be '..'"}},
      {config_map("", R"("data":{"k":"v"},"binaryData":{"k":"AAE="})"),
       {"data[k]: Invalid value: \"k\": duplicate of key present in "
        "binaryData"}},
      {config_map("", R"("data":{"k":")" + mebibyte + "\"}"), {}},
      {config_map("", R"("data":{"k":")" + mebibyte + R"("},)"
                          + R"("binaryData":{"b":"AA=="})"),
       {"[]: Too long: may not be more than 1048576 bytes"}},
  };
  for (const auto& row : rows)
    check_create("configmaps", row);
}

TEST_CASE("namespaces are judged in upstream's words") {
  const create_row rows[] = {
      {R"({"metadata":{"name":"x"}})", {}},
      {R"({"metadata":{"name":"a.b"}})",
       {"metadata.name: Invalid value: \"a.b\": must not contain dots"}},
      {R"({"metadata":{"name":"a","namespace":"b"}})",
       {"metadata.namespace: Forbidden: not allowed on this type"}},
      {R"({"metadata":{"name":"a"},"spec":{"finalizers":["mine"]}})",
       {"spec.finalizers: Invalid value: \"mine\": name is neither a standard "
        "finalizer name nor is it fully qualified"}},
  };
  for (const auto& row : rows)
    check_create("namespaces", row);
}

TEST_CASE("events are judged in upstream's words") {
  const auto event = [](const std::string& space, const std::string& rest) {
    return R"({"metadata":{"name":"Any name","namespace":")" + space + "\"}"
           + (rest.empty() ? "" : "," + rest) + "}";
  };
  const auto about = [](const std::string& space) {
    return R"("involvedObject":{"namespace":")" + space + "\"}";
  };
  const std::string modern =
      R"(,"eventTime":"2026-01-02T03:04:05.000000Z","action":"A",)"
      R"("reason":"R","reportingInstance":"i","reportingComponent":)";
  const std::string reported = modern + R"("example.com/c")";
  const std::string differs = "involvedObject.namespace: Invalid value: ";
  const std::string word(129, 'w');
  const std::string most = "Invalid value: \"\": can have at most ";
  const create_row rows[] = {
      {event("x", about("x")), {}},
      {event("default", ""), {}},
      {event("x", ""), {differs + "\"\": does not match event.namespace"}},
      {event("kube-system", about("")),
       {differs + "\"\": does not match event.namespace"}},
      {event("x", about("y")),
       {differs + "\"y\": does not match event.namespace"}},
      {event("x",
             about("x") + R"(,"message":")" + std::string(2000, 'm') + "\""),
       {}},
      {event("x", about("y") + reported), {}},
      {event("kube-system", about("") + reported), {}},
      {event("x", about("") + reported),
       {differs + "\"\": does not match event.namespace"}},
      {event("x", about("x") + modern + R"("a b")"),
       {"reportingComponent: Invalid value: \"a b\": name part must consist"}},
      {event("x", about("x") + R"(,"eventTime":"2026-01-02T03:04:05.000000Z")"),
       {"reportingComponent: Required value",
        "reportingComponent: Invalid value: \"\": name part must be non-empty",
        "reportingComponent: Invalid value: \"\": name part must consist",
        "reportingInstance: Required value", "action: Required value",
        "reason: Required value"}},
      {event("x", about("x") + R"(,"eventTime":"2026-01-02T03:04:05.000000Z",)"
                      + R"("reportingComponent":"c","reportingInstance":")"
                      + word + R"(","action":")" + word + R"(","reason":")"
                      + word + R"(","message":")" + std::string(1025, 'm')
                      + "\""),
       {"reportingInstance: " + most + "128 characters",
        "action: " + most + "128 characters",
        "reason: " + most + "128 characters",
        "message: " + most + "1024 characters"}},
      {R"({"metadata":{"name":"a/b","namespace":"default"}})",
       {"metadata.name: Invalid value: \"a/b\": may not contain '/'"}},
  };
  for (const auto& row : rows)
    check_create("events", row);
}

TEST_CASE("an update keeps what identifies an object") {
  const std::string old =
      config_map(R"("uid":"u","resourceVersion":"5",)"
                 R"("creationTimestamp":"2026-01-02T03:04:05Z")");
  CHECK(update("configmaps", old, old).empty());
  CHECK(update("configmaps",
               config_map(R"("uid":"w","resourceVersion":"5",)"
                          R"("creationTimestamp":"2026-01-02T03:04:06Z",)"
                          R"("deletionTimestamp":"2026-01-02T03:04:07Z",)"
                          R"("deletionGracePeriodSeconds":3)"),
               old)
        == lines{"metadata.uid: Invalid value: \"w\": field is immutable",
                 "metadata.creationTimestamp: Invalid value: "
                 "\"2026-01-02T03:04:06Z\": field is immutable",
                 "metadata.deletionTimestamp: Invalid value: "
                 "\"2026-01-02T03:04:07Z\": field is immutable",
                 "metadata.deletionGracePeriodSeconds: Invalid value: 3: field "
                 "is immutable"});
  CHECK(update("configmaps",
               R"({"metadata":{"name":"b","namespace":"x","uid":"u",)"
               R"("creationTimestamp":"2026-01-02T03:04:05Z"}})",
               old)
        == lines{"metadata.resourceVersion: Invalid value: 0: must be "
                 "specified for an update",
                 "metadata.name: Invalid value: \"b\": field is immutable"});
}

TEST_CASE("no finalizer joins an object that is being deleted") {
  const std::string deleting = R"("uid":"u","resourceVersion":"5",)"
                               R"("deletionTimestamp":"2026-01-02T03:04:05Z")";
  CHECK(update("configmaps",
               config_map(deleting + R"(,"finalizers":["a.b/c","a.b/d"])"),
               config_map(deleting + R"(,"finalizers":["a.b/c"])"))
        == lines{"metadata.finalizers: Forbidden: no new finalizers can be "
                 "added if the object is being deleted, found new finalizers "
                 "[]string{\"a.b/d\"}"});
  CHECK(update("configmaps", config_map(deleting),
               config_map(deleting + R"(,"finalizers":["a.b/c"])"))
            .empty());
}

TEST_CASE("an immutable config map stays as it is") {
  const std::string version = R"("resourceVersion":"5")";
  const auto old = config_map(version, R"("data":{"k":"v"},"immutable":true)");
  const std::string rest = ": Forbidden: field is immutable when `immutable` "
                           "is set";
  CHECK(update("configmaps", old, old).empty());
  CHECK(update("configmaps",
               config_map(version + R"(,"labels":{"a":"b"})",
                          R"("data":{"k":"v"},"immutable":true)"),
               old)
            .empty());
  CHECK(update("configmaps",
               config_map(version,
                          R"("data":{"k":"w"},"binaryData":{"b":"AA=="})"),
               old)
        == lines{"immutable" + rest, "data" + rest, "binaryData" + rest});
  CHECK(update("configmaps", config_map(version, R"("data":{"k":"w"})"),
               config_map(version, R"("data":{"k":"v"},"immutable":false)"))
            .empty());
}

TEST_CASE("the phase of a namespace follows its deletion") {
  const auto check = [](const std::string& metadata, const std::string& phase) {
    const auto text = R"({"metadata":{"name":"x","resourceVersion":"5")"
                      + metadata + R"(},"status":{"phase":")" + phase + "\"}}";
    const auto doc = object("namespaces", text);
    return texts(validate_subresource_update(doc, doc, resource("namespaces"),
                                             "status"));
  };
  const std::string deleting = R"(,"deletionTimestamp":"2026-01-02T03:04:05Z")";
  CHECK(check("", "Active").empty());
  CHECK(check(deleting, "Terminating").empty());
  CHECK(check("", "Terminating")
        == lines{"status.Phase: Invalid value: \"Terminating\": may only be "
                 "'Active' if `deletionTimestamp` is empty"});
  CHECK(check(deleting, "Active")
        == lines{"status.Phase: Invalid value: \"Active\": may only be "
                 "'Terminating' if `deletionTimestamp` is not empty"});
}

TEST_CASE("finalize takes only names of finalizers") {
  const auto doc =
      object("namespaces", R"({"metadata":{"name":"x","resourceVersion":"5"},)"
                           R"("spec":{"finalizers":["kubernetes","mine"]}})");
  CHECK(texts(validate_subresource_update(doc, doc, resource("namespaces"),
                                          "finalize"))
        == lines{"spec.finalizers[1]: Invalid value: \"mine\": name is neither "
                 "a standard finalizer name nor is it fully qualified"});
}
