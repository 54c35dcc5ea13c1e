#pragma once

#include "messages/base/time_point.hpp"
#include "messages/codec/document.hpp"

#include <string>

/// Columns of apps/v1 ReplicaSet and core/v1 ReplicationController. All append
/// JSON.
namespace troupe::codec {

void append_replica_set_containers(std::string& out, const node& shown,
                                   wall_time now);
void append_replica_set_images(std::string& out, const node& shown,
                               wall_time now);

void append_replication_controller_containers(std::string& out,
                                              const node& shown, wall_time now);
void append_replication_controller_images(std::string& out, const node& shown,
                                          wall_time now);

} // namespace troupe::codec
