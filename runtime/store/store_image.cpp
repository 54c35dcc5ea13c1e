#include "runtime/store/store_image.hpp"

#include "messages/base/crc32c.hpp"
#include "runtime/store/image_loader.hpp"
#include "runtime/store/image_record.hpp"

namespace troupe::store {

namespace {

/// Frames records and hands them on in chunks.
class framer {
public:
  explicit framer(const image_sink& sink) : sink_(sink) {}

  /// Adds the record that `write` writes; false once the sink has failed.
  template <class F>
  bool add(F&& write) {
    if (!outcome_)
      return false;
    wire::writer out;
    write(out);
    auto record = std::move(out).take();
    TROUPE_CHECK(record.size() <= image_record_max,
                 "the codec's limits keep records readable");
    auto start = chunk_.size();
    for (auto shift : {0, 8, 16, 24})
      chunk_.push_back(static_cast<char>(record.size() >> shift & 0xff));
    chunk_ += record;
    checksum_ = crc32c(bytes_view{chunk_}.substr(start), checksum_);
    ++records_;
    if (chunk_.size() > image_chunk_size)
      flush();
    return outcome_.has_value();
  }

  status_result finish() {
    auto end = image::end_record{records_, checksum_};
    if (add([&](wire::writer& out) { image::write_end(out, end); })
        && !chunk_.empty())
      flush();
    return outcome_;
  }

private:
  void flush() {
    outcome_ = sink_(chunk_);
    chunk_.clear();
  }

  const image_sink& sink_;
  bytes chunk_;
  std::uint64_t records_ = 0;
  std::uint32_t checksum_ = 0;
  status_result outcome_ = unit{};
};

} // namespace

status_result write_image(const store_view& view, const image_sink& sink) {
  framer frames{sink};
  auto& versions = view.versions();
  frames.add([&](wire::writer& out) {
    image::write_header(out, {image_version, view.applied(), view.compacted()});
  });
  for (auto& [name, epoch] : view.fences())
    frames.add([&, &name = name, &epoch = epoch](wire::writer& out) {
      image::write_fence(out, name, epoch);
    });
  versions.range({}, {}, view.compacted(),
                 [&](std::string_view key, const version_ptr& value) {
                   return frames.add([&](wire::writer& out) {
                     image::write_base(out, key, *value);
                   });
                 });
  versions.changes(view.compacted(), [&](const change& x) {
    return frames.add([&](wire::writer& out) { image::write_change(out, x); });
  });
  return frames.finish();
}

result<store_fsm> read_image(const image_source& source) {
  image_loader loader;
  for (;;) {
    auto chunk = source();
    if (!chunk)
      return chunk.error();
    if (chunk->empty())
      return std::move(loader).finish();
    auto taken = loader.push(*chunk);
    if (!taken)
      return taken.error();
  }
}

std::uint64_t state_hash(const store_view& view) {
  std::uint64_t hash = 0xcbf29ce484222325;
  auto written = write_image(view, [&](bytes_view chunk) -> status_result {
    for (auto octet : chunk)
      hash = (hash ^ static_cast<std::uint8_t>(octet)) * 0x100000001b3;
    return unit{};
  });
  TROUPE_CHECK(written.has_value(), "hashing does not fail");
  return hash;
}

} // namespace troupe::store
