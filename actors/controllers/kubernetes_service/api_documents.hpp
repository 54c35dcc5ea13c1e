#pragma once

#include "actors/controllers/kubernetes_service/kubernetes_service.hpp"
#include "actors/controllers/own_object/own_object.hpp"
#include "messages/codec/document.hpp"

/// The three objects as they shall be.
namespace troupe::controllers::kubernetes_service {

inline constexpr std::string_view api_name = "kubernetes";
inline constexpr std::string_view api_namespace = "default";
inline constexpr std::string_view api_port_name = "https";
inline constexpr own_object::place slice_place{
    "discovery.k8s.io", "endpointslices", api_namespace, api_name};

object_key endpoints_key();
object_key slice_key();

codec::document new_service(const settings& with);
codec::document new_endpoints(const settings& with);
codec::document new_slice(const settings& with);

} // namespace troupe::controllers::kubernetes_service
