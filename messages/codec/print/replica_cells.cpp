#include "messages/codec/print/replica_cells.hpp"

#include "messages/codec/print/template_cells.hpp"
#include "messages/view/apps_v1.hpp"

namespace troupe::codec {

namespace {

using view::apps_v1::replica_set;
using view::core_v1::replication_controller;

} // namespace

void append_replica_set_containers(std::string& out, const node& shown,
                                   wall_time) {
  append_container_names(out, replica_set{&shown}.spec().template_());
}

void append_replica_set_images(std::string& out, const node& shown, wall_time) {
  append_container_images(out, replica_set{&shown}.spec().template_());
}

void append_replication_controller_containers(std::string& out,
                                              const node& shown, wall_time) {
  append_container_names(out,
                         replication_controller{&shown}.spec().template_());
}

void append_replication_controller_images(std::string& out, const node& shown,
                                          wall_time) {
  append_container_images(out,
                          replication_controller{&shown}.spec().template_());
}

} // namespace troupe::codec
