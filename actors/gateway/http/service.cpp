#include "actors/gateway/http/service.hpp"

#include "actors/gateway/object/scale.hpp"
#include "messages/base/check.hpp"
#include "messages/schema/registry.hpp"

namespace troupe::gateway {

namespace {

std::map<const schema::resource_desc*, served_resource> make_resources() {
  std::map<const schema::resource_desc*, served_resource> out;
  for (const auto* version : schema::group_versions())
    for (const auto* resource : version->resources) {
      auto printer = codec::table_printer::make(*resource);
      TROUPE_CHECK(printer, "the schema's columns can be printed");
      std::string api_version{version->group};
      api_version += (api_version.empty() ? "" : "/");
      api_version += version->version;
      out.emplace(resource, served_resource{*resource, std::move(api_version),
                                            std::move(*printer)});
    }
  return out;
}

codec::openapi_options openapi_options_of(const gateway_config& config) {
  codec::openapi_options out;
  out.version = config.version.git_version;
  out.media.answers = {"application/json", "application/yaml"};
  out.media.streams = {"application/json;stream=watch"};
  return out;
}

} // namespace

service::service(gateway_config settings, gateway_ports world)
    : config(std::move(settings)), ports(std::move(world)),
      discovery(codec::make_discovery_documents(schema::group_versions(),
                                                config.server_address)),
      openapi(codec::make_openapi_documents(schema::group_versions(),
                                            openapi_options_of(config))),
      resources(make_resources()), cache(config.encode_cache_size_max),
      mutating(config.mutating_in_flight_max),
      read_only(config.read_only_in_flight_max),
      pod_streams(config.pod_streams_max) {
  TROUPE_CHECK(ports.store, "a pipeline reads a store");
  TROUPE_CHECK(ports.watch, "a pipeline opens watches");
  TROUPE_CHECK(ports.writer, "a pipeline writes objects");
}

const served_resource* service::find(std::string_view group,
                                     std::string_view version,
                                     std::string_view plural) const {
  const auto found =
      resources.find(schema::find_resource(group, version, plural));
  return found == resources.end() ? nullptr : &found->second;
}

const served_resource& served_scale() {
  static const served_resource served = [] {
    auto printer = codec::table_printer::make(scale_resource());
    TROUPE_CHECK(printer, "the columns of a Scale are sound");
    return served_resource{scale_resource(), "autoscaling/v1",
                           std::move(*printer)};
  }();
  return served;
}

} // namespace troupe::gateway
