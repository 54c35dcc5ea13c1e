#include "messages/codec/print/deployment_cells.hpp"

#include "messages/base/json_escape.hpp"
#include "messages/codec/print/template_cells.hpp"
#include "messages/view/apps_v1.hpp"

namespace troupe::codec {

namespace {

namespace apps = view::apps_v1;

} // namespace

void append_deployment_ready(std::string& out, const node& shown, wall_time) {
  const apps::deployment from{&shown};
  append_json_string(out, std::to_string(from.status().ready_replicas()) + "/"
                              + std::to_string(from.spec().replicas()));
}

void append_deployment_updated(std::string& out, const node& shown, wall_time) {
  out += std::to_string(apps::deployment{&shown}.status().updated_replicas());
}

void append_deployment_available(std::string& out, const node& shown,
                                 wall_time) {
  out += std::to_string(apps::deployment{&shown}.status().available_replicas());
}

void append_deployment_containers(std::string& out, const node& shown,
                                  wall_time) {
  append_container_names(out, apps::deployment{&shown}.spec().template_());
}

void append_deployment_images(std::string& out, const node& shown, wall_time) {
  append_container_images(out, apps::deployment{&shown}.spec().template_());
}

} // namespace troupe::codec
