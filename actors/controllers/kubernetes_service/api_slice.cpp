#include "actors/controllers/kubernetes_service/api_documents.hpp"
#include "actors/controllers/service_pods/object_builder.hpp"
#include "messages/schema/ids/discovery_v1.hpp"

namespace troupe::controllers::kubernetes_service {

namespace ids = schema::ids;
using service_pods::object_builder;

codec::document new_slice(const settings& with) {
  namespace id = ids::endpoint_slice;
  namespace port_id = ids::discovery_v1::endpoint_port;
  auto out = own_object::new_object(slice_place,
                                    {{"kubernetes.io/service-name", api_name}});
  object_builder slice{out, out.root()};
  slice.text(id::address_type, to_string(with.servers.front().family()));
  for (const auto& server : with.servers) {
    auto endpoint = slice.item(id::endpoints);
    out.push_back(out.list_at(endpoint.object(), ids::endpoint::addresses),
                  out.make_string(server.to_string()));
    endpoint.member(ids::endpoint::conditions)
        .flag(ids::endpoint_conditions::ready, true);
  }
  auto port = slice.item(id::ports);
  port.text(port_id::name, api_port_name);
  port.integer(port_id::port, with.port);
  port.text(port_id::protocol, "TCP");
  return out;
}

} // namespace troupe::controllers::kubernetes_service
