#include "runtime/store/image_loader.hpp"

#include "messages/base/crc32c.hpp"

namespace troupe::store {

namespace {

constexpr std::size_t length_size = 4;

error corrupt(std::string message) {
  return {errc::corrupt, "store image: " + std::move(message)};
}

std::size_t frame_length(bytes_view data) {
  std::size_t length = 0;
  for (std::size_t i = 0; i < length_size; ++i)
    length |= std::size_t{static_cast<std::uint8_t>(data[i])} << (8 * i);
  return length;
}

} // namespace

status_result image_loader::push(bytes_view chunk) {
  rest_ += chunk;
  auto data = bytes_view{rest_};
  while (data.size() >= length_size) {
    auto length = frame_length(data);
    if (length > image_record_max)
      return error{errc::too_large, "store image: record too large"};
    if (data.size() - length_size < length)
      break;
    auto taken = take_frame(data.substr(0, length_size + length),
                            data.substr(length_size, length));
    if (!taken)
      return taken;
    data.remove_prefix(length_size + length);
  }
  rest_.erase(0, rest_.size() - data.size());
  return unit{};
}

status_result image_loader::take_frame(bytes_view frame, bytes_view record) {
  auto value = image::read_record(record);
  if (!value)
    return value.error();
  if (ended_)
    return corrupt("records after the end");
  if (begun_ != (value->index() > 0) || value->index() < stage_)
    return corrupt("records out of order");
  begun_ = true;
  stage_ = value->index();
  auto taken = std::visit([&](auto& x) { return take(x); }, *value);
  checksum_ = crc32c(frame, checksum_);
  ++records_;
  return taken;
}

status_result image_loader::take(image::header& x) {
  if (x.version != image_version)
    return error{errc::unsupported,
                 "store image: unknown version " + std::to_string(x.version)};
  if (x.compacted > x.applied)
    return corrupt("compacted past the last write");
  applied_ = x.applied;
  versions_.restore_bounds(x.compacted, x.compacted);
  return unit{};
}

status_result image_loader::take(image::fence_record& x) {
  if (!fences_.empty() && x.name <= fences_.rbegin()->first)
    return corrupt("fences out of order");
  fences_.emplace(std::move(x.name), x.epoch);
  return unit{};
}

status_result image_loader::take(image::base_record& x) {
  if (x.key <= last_key_)
    return corrupt("keys out of order");
  if (x.value.modified > versions_.compacted())
    return corrupt("a live version from after compaction");
  versions_.restore(x.key, std::make_shared<const version>(std::move(x.value)));
  last_key_ = std::move(x.key);
  return unit{};
}

status_result image_loader::take(image::write_record& x) {
  if (x.value.modified <= versions_.applied() || x.value.modified > applied_)
    return corrupt("writes out of order");
  auto standing = versions_.live(x.key);
  if (x.value.tombstone() && standing == nullptr)
    return corrupt("a deletion of nothing");
  x.value.created = standing ? standing->created : x.value.modified;
  if (x.value.tombstone())
    x.value.columns = standing->columns;
  versions_.write(x.key, std::make_shared<const version>(std::move(x.value)));
  if (x.outcomes)
    versions_.keep_outcomes(std::move(x.outcomes));
  return unit{};
}

status_result image_loader::take(image::end_record& x) {
  if (x.records != records_ || x.checksum != checksum_)
    return corrupt("checksum mismatch");
  if (versions_.applied() != applied_)
    return corrupt("the last write is missing");
  ended_ = true;
  return unit{};
}

result<store_fsm> image_loader::finish() && {
  if (!ended_ || !rest_.empty())
    return corrupt("ends in the middle");
  return store_fsm{
      store_view{std::move(versions_),
                 std::make_shared<const fence_table>(std::move(fences_))}};
}

} // namespace troupe::store
