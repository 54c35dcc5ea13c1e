#pragma once

#include "actors/controllers/kubernetes_service/kubernetes_service.hpp"
#include "messages/codec/document.hpp"

/// The three objects as they shall be.
namespace troupe::controllers::kubernetes_service {

inline constexpr std::string_view api_name = "kubernetes";
inline constexpr std::string_view api_namespace = "default";
inline constexpr std::string_view api_port_name = "https";

object_key endpoints_key();
object_key slice_key();

codec::document new_service(const settings& with);
codec::document new_endpoints(const settings& with);
codec::document new_slice(const settings& with);

/// An object of that key without content.
codec::document new_object(
    const object_key& key,
    const std::vector<std::pair<std::string_view, std::string_view>>& labels);

} // namespace troupe::controllers::kubernetes_service
