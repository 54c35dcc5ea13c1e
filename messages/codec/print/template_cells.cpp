#include "messages/codec/print/template_cells.hpp"

#include "messages/base/json_escape.hpp"

namespace troupe::codec {

namespace {

namespace core = view::core_v1;

/// One text of each container.
template <class F>
void append_all(std::string& out, core::pod_template_spec wanted, F text) {
  std::string all;
  for (auto container : wanted.spec().containers())
    all.append(all.empty() ? "" : ",").append(text(container));
  append_json_string(out, all);
}

} // namespace

void append_container_names(std::string& out, core::pod_template_spec wanted) {
  append_all(out, wanted, [](core::container one) { return one.name(); });
}

void append_container_images(std::string& out, core::pod_template_spec wanted) {
  append_all(out, wanted, [](core::container one) { return one.image(); });
}

} // namespace troupe::codec
