#include "messages/schema/ids/core_v1.hpp"
#include "messages/schema/ids/meta_v1.hpp"
#include "messages/schema/registry.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>

using namespace troupe::schema;

namespace {

std::string joined(std::span<const std::string_view> values) {
  std::string result;
  for (auto each : values) {
    result += result.empty() ? "" : " ";
    result += each;
  }
  return result;
}

std::string text(const column_desc& column) {
  std::string result{column.name};
  for (auto cell : {column.type, column.format, column.cell}) {
    result += '|';
    result += cell;
  }
  return result;
}

std::string columns(const resource_desc& resource) {
  std::string result;
  for (auto& each : resource.columns)
    result += text(each) + '\n';
  return result;
}

std::string labels(const resource_desc& resource) {
  std::string result;
  for (auto& each : resource.selectable)
    result += std::string{each.label} + '=' + std::string{each.path}
              + (each.otherwise.empty() ? "" : "|")
              + std::string{each.otherwise} + ' ';
  return result;
}

template <class F>
void for_each_type(F f) {
  for (auto version : group_versions())
    for (auto type : version->types)
      f(*type);
}

} // namespace

TEST_CASE("group versions come in the order of discovery") {
  auto versions = group_versions();
  std::string names;
  for (auto each : versions)
    names += std::string{each->group} + '/' + std::string{each->version} + ' ';
  CHECK(names
        == "/v1 apps/v1 apps/v1beta2 apps/v1beta1 events.k8s.io/v1 "
           "authentication.k8s.io/v1 "
           "autoscaling/v1 "
           "coordination.k8s.io/v1 "
           "discovery.k8s.io/v1 extensions/v1beta1 meta.k8s.io/v1 ");
  CHECK(versions.back()->resources.empty());
}

TEST_CASE("configmaps are described as upstream serves them") {
  auto found = find_resource("", "v1", "configmaps");
  REQUIRE(found != nullptr);
  CHECK(found->kind == group_version_kind{"", "v1", "ConfigMap"});
  CHECK(found->singular == "configmap");
  CHECK(found->list_kind == "ConfigMapList");
  CHECK(joined(found->short_names) == "cm");
  CHECK(found->categories.empty());
  CHECK(joined(found->verbs)
        == "create delete deletecollection get list patch update watch");
  CHECK(found->namespaced);
  CHECK_FALSE(found->has_status);
  CHECK_FALSE(found->has_generation);
  CHECK(found->type == find_type("io.k8s.api.core.v1.ConfigMap"));
  CHECK(found->list_type == find_type("io.k8s.api.core.v1.ConfigMapList"));
  CHECK(found->subresources.empty());
  CHECK(labels(*found)
        == "metadata.name=metadata.name "
           "metadata.namespace=metadata.namespace ");
  CHECK(columns(*found)
        == "Name|string|name|metadata.name\n"
           "Data|string||len(data)+len(binaryData)\n"
           "Age|string||age(metadata.creationTimestamp)\n");
}

TEST_CASE("namespaces are described as upstream serves them") {
  auto found = find_resource("", "v1", "namespaces");
  REQUIRE(found != nullptr);
  CHECK(found->singular == "namespace");
  CHECK(joined(found->short_names) == "ns");
  CHECK(joined(found->verbs) == "create delete get list patch update watch");
  CHECK_FALSE(found->namespaced);
  CHECK(found->has_status);
  CHECK_FALSE(found->has_generation);
  REQUIRE(found->subresources.size() == 2);
  CHECK(found->subresources[0].name == "finalize");
  CHECK(joined(found->subresources[0].verbs) == "update");
  CHECK(found->subresources[1].name == "status");
  CHECK(joined(found->subresources[1].verbs) == "get patch update");
  for (auto& each : found->subresources) {
    CHECK(each.kind == found->kind);
    CHECK(each.type == found->type);
  }
  CHECK(labels(*found)
        == "metadata.name=metadata.name status.phase=status.phase ");
  CHECK(columns(*found)
        == "Name|string|name|metadata.name\n"
           "Status|string||status.phase\n"
           "Age|string||age(metadata.creationTimestamp)\n");
}

TEST_CASE("events are described as upstream serves them") {
  auto found = find_resource("", "v1", "events");
  REQUIRE(found != nullptr);
  CHECK(found->singular == "event");
  CHECK(joined(found->short_names) == "ev");
  CHECK(joined(found->verbs)
        == "create delete deletecollection get list patch update watch");
  CHECK(found->namespaced);
  CHECK_FALSE(found->has_generation);
  CHECK(found->subresources.empty());
  CHECK(labels(*found)
        == "involvedObject.apiVersion=involvedObject.apiVersion "
           "involvedObject.fieldPath=involvedObject.fieldPath "
           "involvedObject.kind=involvedObject.kind "
           "involvedObject.name=involvedObject.name "
           "involvedObject.namespace=involvedObject.namespace "
           "involvedObject.resourceVersion=involvedObject.resourceVersion "
           "involvedObject.uid=involvedObject.uid "
           "metadata.name=metadata.name metadata.namespace=metadata.namespace "
           "reason=reason reportingComponent=reportingComponent "
           "source=source.component|reportingComponent type=type ");
  CHECK(columns(*found)
        == "Last Seen|string||fn:event_last_seen\n"
           "Type|string||type\n"
           "Reason|string||reason\n"
           "Object|string||fn:event_object\n"
           "Subobject|string||involvedObject.fieldPath\n"
           "Source|string||fn:event_source\n"
           "Message|string||fn:event_message\n"
           "First Seen|string||fn:event_first_seen\n"
           "Count|string||fn:event_count\n"
           "Name|string|name|metadata.name\n");
}

TEST_CASE("pods have subresources that take no pod") {
  auto found = find_resource("", "v1", "pods");
  REQUIRE(found != nullptr);
  CHECK(joined(found->short_names) == "po");
  CHECK(joined(found->categories) == "all");
  CHECK(found->has_status);
  CHECK(found->has_generation);
  struct row {
    std::string_view name;
    std::string_view kind;
    std::string_view query;
    std::string_view verbs;
  };
  constexpr row table[] = {
      {"attach", "PodAttachOptions", "PodAttachOptions", "create get"},
      {"binding", "Binding", "", "create"},
      {"ephemeralcontainers", "Pod", "", "get patch update"},
      {"exec", "PodExecOptions", "PodExecOptions", "create get"},
      {"log", "Pod", "PodLogOptions", "get"},
      {"status", "Pod", "", "get patch update"},
  };
  REQUIRE(found->subresources.size() == std::size(table));
  for (std::size_t i = 0; i < std::size(table); ++i) {
    auto& each = found->subresources[i];
    CHECK(each.name == table[i].name);
    CHECK(each.kind == group_version_kind{"", "v1", table[i].kind});
    CHECK(joined(each.verbs) == table[i].verbs);
    REQUIRE((each.query != nullptr) == !table[i].query.empty());
    if (each.query != nullptr)
      CHECK(each.query->name
            == "io.k8s.api.core.v1." + std::string{table[i].query});
  }
  CHECK(labels(*found)
        == "metadata.name=metadata.name metadata.namespace=metadata.namespace "
           "spec.hostNetwork=spec.hostNetwork spec.nodeName=spec.nodeName "
           "spec.restartPolicy=spec.restartPolicy "
           "spec.schedulerName=spec.schedulerName "
           "spec.serviceAccountName=spec.serviceAccountName "
           "status.nominatedNodeName=status.nominatedNodeName "
           "status.phase=status.phase status.podIP=status.podIP ");
}

TEST_CASE("a resource that cannot be listed has no list") {
  auto found = find_resource("", "v1", "bindings");
  REQUIRE(found != nullptr);
  CHECK(joined(found->verbs) == "create");
  CHECK(found->list_type == nullptr);
  CHECK(found->list_kind.empty());
}

TEST_CASE("fields of an embedded message have ids of two numbers") {
  auto volume = find_type("io.k8s.api.core.v1.Volume");
  REQUIRE(volume != nullptr);
  CHECK(volume->find("name")->id == 1);
  CHECK(volume->find("emptyDir")->id == (2u << 16 | 2));
  CHECK(ids::volume::empty_dir == (2u << 16 | 2));
}

TEST_CASE("what is not served is not found") {
  CHECK(find_resource("", "v1", "configmap") == nullptr);
  CHECK(find_resource("", "v2", "configmaps") == nullptr);
  CHECK(find_resource("apps", "v1", "configmaps") == nullptr);
  CHECK(find_resource("", "v1", "") == nullptr);
  CHECK(find_resource("", "v1", "zzz") == nullptr);
  CHECK(find_kind({"", "v1", "Pot"}) == nullptr);
  CHECK(find_kind_type({"", "v1", "Pot"}) == nullptr);
  CHECK(find_type("ConfigMap") == nullptr);
  CHECK(find_type("") == nullptr);
}

TEST_CASE("kinds are found with and without a resource") {
  struct row {
    group_version_kind kind;
    std::string_view type; ///< after the last dot, or empty
    bool resource;
  };
  constexpr row table[] = {
      {{"", "v1", "ConfigMap"}, "ConfigMap", true},
      {{"", "v1", "Namespace"}, "Namespace", true},
      {{"", "v1", "ConfigMapList"}, "ConfigMapList", false},
      {{"", "v1", "Status"}, "Status", false},
      {{"apps", "v1", "Status"}, "", false},
      {{"", "v1", "DeleteOptions"}, "DeleteOptions", false},
      {{"apps", "v1", "DeleteOptions"}, "DeleteOptions", false},
      {{"meta.k8s.io", "v1", "DeleteOptions"}, "DeleteOptions", false},
      {{"apps", "v1", "WatchEvent"}, "WatchEvent", false},
      {{"", "v1", "APIResourceList"}, "APIResourceList", false},
      {{"meta.k8s.io", "v1", "PartialObjectMetadata"},
       "PartialObjectMetadata",
       false},
      {{"", "v1", "ObjectMeta"}, "", false},
  };
  for (auto& each : table) {
    INFO(each.kind.group << '/' << each.kind.version << ' ' << each.kind.kind);
    CHECK((find_kind(each.kind) != nullptr) == each.resource);
    auto type = find_kind_type(each.kind);
    REQUIRE((type != nullptr) == !each.type.empty());
    if (type != nullptr)
      CHECK(type->name.substr(type->name.rfind('.') + 1) == each.type);
  }
}

TEST_CASE("every field is found by id and by name") {
  std::size_t count = 0;
  for_each_type([&](const type_desc& type) {
    INFO(type.name);
    CHECK(find_type(type.name) == &type);
    CHECK(type.by_name.size() == type.fields.size());
    for (auto& field : type.fields) {
      ++count;
      CHECK(type.find(field.id) == &field);
      CHECK(type.find(field.name) == &field);
    }
    CHECK(type.find(field_id{0}) == nullptr);
    CHECK(type.find(field_id{10'000}) == nullptr);
    CHECK(type.find(field_id{0xffffffff}) == nullptr);
    CHECK(type.find("") == nullptr);
    CHECK(type.find("zzz") == nullptr);
  });
  CHECK(count > 100);
}

TEST_CASE("the tables keep what descriptor.hpp promises") {
  for_each_type([](const type_desc& type) {
    INFO(type.name);
    CHECK_FALSE(type.doc.empty());
    CHECK(std::is_sorted(type.fields.begin(), type.fields.end(),
                         [](auto& a, auto& b) { return a.id < b.id; }));
    for (auto& field : type.fields) {
      INFO(field.name);
      CHECK_FALSE(field.doc.empty());
      CHECK((field.object != nullptr) == (field.type == value_type::object));
      if (field.object != nullptr)
        CHECK(find_type(field.object->name) == field.object);
      if (field.named != nullptr)
        CHECK(field.named->value == field.type);
    }
  });
}

TEST_CASE("fields that Go holds by pointer keep their zero") {
  struct row {
    std::string_view type;
    std::string_view fields;
  };
  const row table[] = {
      {"ObjectMeta",
       "deletionGracePeriodSeconds deletionTimestamp managedFields"},
      {"OwnerReference", "blockOwnerDeletion controller"},
      {"ManagedFieldsEntry", "fieldsV1 time"},
      {"ListMeta", "remainingItemCount"},
      {"Status", "details"},
      {"DeleteOptions",
       "gracePeriodSeconds ignoreStoreReadErrorWithClusterBreakingPotential "
       "orphanDependents preconditions propagationPolicy"},
      {"Preconditions", "resourceVersion uid"},
      {"LabelSelector", ""},
      {"Condition", ""},
  };
  for (auto& each : table) {
    INFO(each.type);
    auto type = find_type("io.k8s.apimachinery.pkg.apis.meta.v1."
                          + std::string{each.type});
    REQUIRE(type != nullptr);
    std::vector<std::string_view> names;
    for (auto index : type->by_name)
      if (type->fields[index].pointer)
        names.push_back(type->fields[index].name);
    CHECK(joined(names) == each.fields);
  }
}

TEST_CASE("creationTimestamp is left out until the server sets it") {
  auto type = find_type("io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta");
  REQUIRE(type != nullptr);
  CHECK_FALSE(type->find("creationTimestamp")->always);
  auto ns = find_type("io.k8s.api.core.v1.Namespace");
  for (auto name : {"metadata", "spec", "status"})
    CHECK(ns->find(name)->always);
}

TEST_CASE("id headers name the ids of the tables") {
  auto meta = find_type("io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta");
  auto creation = meta->find("creationTimestamp");
  CHECK(ids::object_meta::creation_timestamp == creation->id);
  CHECK(ids::meta_v1::object_meta::namespace_ == 3);
  CHECK(ids::list_meta::continue_ == 3);
  CHECK(ids::config_map::binary_data == 3);
  CHECK(ids::namespace_::status == 3);
  CHECK(ids::api_versions::server_address_by_client_cidrs == 2);
  CHECK(ids::api_resource::verbs == (4u << 16 | 1));
  CHECK(wrapper_number(ids::api_resource::verbs) == 4);
  CHECK(field_number(ids::api_resource::verbs) == 1);
}
