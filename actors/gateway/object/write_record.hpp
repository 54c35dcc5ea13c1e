#pragma once

#include "actors/gateway/object/object_call.hpp"
#include "messages/codec/managed/field_manager.hpp"

#include <string>

/// The call as field ownership sees it.
namespace troupe::gateway {

/// Holds what a `codec::field_write` refers to; neither copied nor moved.
class write_record {
public:
  write_record(const object_call& call, wall_time now);
  write_record(const write_record&) = delete;
  write_record& operator=(const write_record&) = delete;

  const codec::field_write& write() const noexcept { return write_; }

private:
  std::string api_version_;
  codec::field_set ignored_;
  codec::field_write write_;
};

} // namespace troupe::gateway
