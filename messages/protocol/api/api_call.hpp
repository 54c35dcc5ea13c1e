#pragma once

#include "messages/api/request.hpp"
#include "messages/base/bytes.hpp"
#include "messages/base/result.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

/// How an agent talks to the API over the bus: `/server/any/gateway`. Who asks
/// is what the bus says, so no identity travels. Objects travel as their
/// canonical msgpack form.
namespace troupe::api_call {

/// An `api::request` without its identity, and back. An object of a kind this
/// process does not know is refused with `unsupported`.
bytes encode_request(const api::request& value);
result<api::request> decode_request(bytes_view data);

bytes encode_response(const api::response& value);
result<api::response> decode_response(bytes_view data);

/// Opens a watch: a stream of `watch_batch` messages. Without `after` it begins
/// with every object that matches, as `added`, then a bookmark with
/// `initial_end`, then changes; with it, changes after that revision. It ends
/// with a reset whose text is the Status message; after `expired` (history
/// compacted) the watcher begins anew without `after`.
struct watch_open {
  api::target target; ///< no name: all objects of namespace or cluster
  std::string label_selector;
  std::string field_selector;
  std::optional<std::uint64_t> after;

  friend bool operator==(const watch_open&, const watch_open&) = default;
};

enum class event_type : std::uint8_t { added, modified, deleted, bookmark };

struct watch_event {
  event_type type = event_type::added;
  std::uint64_t revision = 0;
  bool initial_end = false; ///< bookmarks only
  /// Null for bookmarks; carries its resourceVersion.
  std::shared_ptr<const codec::document> object;
};

using watch_batch = std::vector<watch_event>;

/// The text with which a watch ends whose history is gone.
inline constexpr const char* expired = "expired";

bytes encode(const watch_open& value);
result<watch_open> decode_watch_open(bytes_view data);
bytes encode(const watch_batch& value);
result<watch_batch> decode_watch_batch(bytes_view data);

} // namespace troupe::api_call
