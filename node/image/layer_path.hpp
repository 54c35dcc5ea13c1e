#pragma once

#include <optional>
#include <string>
#include <string_view>

/// Names inside a layer's tar (OCI image-spec, layer.md). Pure.
namespace troupe::image {

inline constexpr std::size_t layer_path_max = 4'095;

/// The path relative to the layer, without "." and empty parts; "" is the
/// layer's root. None when it has "..", a NUL or is too long: such an archive
/// is refused.
std::optional<std::string> clean_layer_path(std::string_view name);

/// The directory of a cleaned path ("" at the top) and its last part.
std::string_view parent_part(std::string_view path);
std::string_view last_part(std::string_view path);

/// What an entry's last part says beside its type.
enum class whiteout_kind {
  none,     ///< an ordinary entry
  entry,    ///< `.wh.name`: `name` of the layers below is gone
  opaque,   ///< `.wh..wh..opq`: all of the directory below is gone
  metadata, ///< any other `.wh..wh.…`: leftovers of aufs, to be passed over
};

whiteout_kind whiteout_of(std::string_view last);

/// `name` of `.wh.name`.
std::string_view hidden_name(std::string_view last);

} // namespace troupe::image
