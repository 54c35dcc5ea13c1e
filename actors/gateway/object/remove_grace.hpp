#pragma once

#include "actors/gateway/object/write_loop.hpp"
#include "messages/codec/document.hpp"

#include <cstdint>
#include <optional>

/// Kinds that end in good order: a deletion gives their objects some time, and
/// whoever runs them deletes them for good with a period of 0
/// (https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/).
namespace troupe::gateway {

/// Whether objects of the resource are given time: those of core pods.
bool ends_gracefully(const schema::resource_desc& resource);

/// What a deletion does to such an object.
enum class grace_step : std::uint8_t {
  stand, ///< it is being deleted and no shorter period was asked for
  mark,  ///< it has been marked; it has its time
  erase, ///< it has been marked; its time is over already
};

/// Marks `object` with the time a deletion gives it: `asked`, else what its
/// spec says, nothing if it does not run; an object that is being deleted
/// already may only be given less.
grace_step mark_graceful(codec::document& object,
                         std::optional<std::int64_t> asked,
                         const stamps& given);

} // namespace troupe::gateway
