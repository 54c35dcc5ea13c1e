#pragma once

#include "actors/gateway/object/object_writer.hpp"
#include "runtime/control/api_port.hpp"

#include <functional>
#include <optional>

namespace troupe::gateway {

/// Whether a component may make a request; a refusal is what it hears.
using local_authorizer =
    std::function<std::optional<api::status>(const api::request&)>;

/// The door to objects for components of this process: the same write path as
/// for users, with documents for bodies. Reads are linearizable. Outlived by
/// its store.
///
/// get, list, create, update, remove and remove_collection; anything else is
/// 405. An update's `resource_version` and `uid` replace those of the body.
/// A request's fence goes with each of its writes; reads know none.
/// Without `field_manager` the identity's name owns what is written. Answers
/// follow `object_writer`; a list is a document of the resource's list type.
class local_api final : public control::api_port {
public:
  local_api(writer_ports ports, local_authorizer authorize);

  void call(api::request request, mono_time deadline,
            std::function<void(api::response)> done) override;

private:
  writer_ports ports_;
  object_writer writer_;
  local_authorizer authorize_;
};

} // namespace troupe::gateway
