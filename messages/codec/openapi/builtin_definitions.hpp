#pragma once

#include "messages/codec/openapi/model.hpp"

/// Names of the definitions the paths refer to by themselves, and those that
/// are no message: scalars with a notation of their own, any JSON, and the body
/// of /version.
namespace troupe::codec::openapi {

inline constexpr std::string_view meta_prefix =
    "io.k8s.apimachinery.pkg.apis.meta.v1.";

namespace definition {

inline constexpr std::string_view quantity =
    "io.k8s.apimachinery.pkg.api.resource.Quantity";
inline constexpr std::string_view int_or_string =
    "io.k8s.apimachinery.pkg.util.intstr.IntOrString";
inline constexpr std::string_view raw_extension =
    "io.k8s.apimachinery.pkg.runtime.RawExtension";
inline constexpr std::string_view version_info =
    "io.k8s.apimachinery.pkg.version.Info";
inline constexpr std::string_view time =
    "io.k8s.apimachinery.pkg.apis.meta.v1.Time";
inline constexpr std::string_view micro_time =
    "io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime";
inline constexpr std::string_view duration =
    "io.k8s.apimachinery.pkg.apis.meta.v1.Duration";
inline constexpr std::string_view fields_v1 =
    "io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1";
inline constexpr std::string_view patch =
    "io.k8s.apimachinery.pkg.apis.meta.v1.Patch";
inline constexpr std::string_view delete_options =
    "io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions";
inline constexpr std::string_view status =
    "io.k8s.apimachinery.pkg.apis.meta.v1.Status";
inline constexpr std::string_view api_versions =
    "io.k8s.apimachinery.pkg.apis.meta.v1.APIVersions";
inline constexpr std::string_view api_group_list =
    "io.k8s.apimachinery.pkg.apis.meta.v1.APIGroupList";
inline constexpr std::string_view api_group =
    "io.k8s.apimachinery.pkg.apis.meta.v1.APIGroup";
inline constexpr std::string_view api_resource_list =
    "io.k8s.apimachinery.pkg.apis.meta.v1.APIResourceList";

} // namespace definition

/// The definition of this name, or nothing.
std::optional<schema_model> find_builtin_definition(std::string_view name);

} // namespace troupe::codec::openapi
