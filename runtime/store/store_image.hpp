#pragma once

#include "messages/base/result.hpp"
#include "runtime/store/store_fsm.hpp"

#include <functional>

/// The whole store as octets: for raft snapshots, restarts and the comparison
/// of replicas. It holds every version kept, tombstones, the writes watches
/// resume from, fences, bounds and proposal ids, so that a store read back
/// answers everything as the one written did.
///
///     image  = frame*
///     frame  = length (4 octets, little-endian) record
///     record = msgpack map with one tag:
///              header, fence*, live version as of compacted*, write*, end
///
/// Fences and keys ascend bytewise and writes by revision; `end` counts the
/// records and carries CRC-32C of every frame before it. The octets depend on
/// the state alone: equal stores have equal images.
namespace troupe::store {

/// A reader refuses (`unsupported`) images of a version above its own.
inline constexpr std::uint64_t image_version = 1;

/// Chunks are cut after the frame that passes this many octets.
inline constexpr std::size_t image_chunk_size = 256 * 1024;

/// A longer record is refused as `too_large`.
inline constexpr std::size_t image_record_max = 16 * 1024 * 1024;

/// Takes the next chunk, never empty; a failure ends the writing.
using image_sink = std::function<status_result(bytes_view chunk)>;

/// Yields the next chunk, cut anywhere; empty at the end.
using image_source = std::function<result<bytes>()>;

/// Writes `view`, on any thread. Fails only with the sink's failure.
status_result write_image(const store_view& view, const image_sink& sink);

/// Reads an image back. Fails with the source's failure, `corrupt`,
/// `too_large` or `unsupported`.
result<store_fsm> read_image(const image_source& source);

/// A digest of the image (FNV-1a, 64 bits). Replicas at the same log index
/// have the same one. Not a defence against forgery. Costs a walk over
/// everything kept.
std::uint64_t state_hash(const store_view& view);

} // namespace troupe::store
