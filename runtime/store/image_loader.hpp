#pragma once

#include "runtime/store/image_record.hpp"
#include "runtime/store/store_image.hpp"

namespace troupe::store {

/// Rebuilds a store from the octets of an image as they arrive. Accepts only
/// what `write_image` can have written: order, bounds and links are checked.
class image_loader {
public:
  /// Takes the next octets, cut anywhere. After a failure the loader is spent.
  status_result push(bytes_view chunk);

  /// The store, once the end record was seen; `corrupt` before.
  result<store_fsm> finish() &&;

private:
  status_result take_frame(bytes_view frame, bytes_view record);
  status_result take(image::header& x);
  status_result take(image::fence_record& x);
  status_result take(image::base_record& x);
  status_result take(image::write_record& x);
  status_result take(image::end_record& x);

  bytes rest_;            ///< the beginning of a frame that is not whole yet
  std::size_t stage_ = 0; ///< kind of the last record; kinds only ascend
  std::uint64_t records_ = 0;
  std::uint32_t checksum_ = 0;
  bool begun_ = false;
  bool ended_ = false;
  revision applied_;
  store::key last_key_;
  version_table versions_;
  fence_table fences_;
};

} // namespace troupe::store
