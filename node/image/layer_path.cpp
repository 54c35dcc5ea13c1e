#include "node/image/layer_path.hpp"

namespace troupe::image {

namespace {

constexpr std::string_view whiteout_prefix = ".wh.";
constexpr std::string_view metadata_prefix = ".wh..wh.";
constexpr std::string_view opaque_name = ".wh..wh..opq";

} // namespace

std::optional<std::string> clean_layer_path(std::string_view name) {
  if (name.size() > layer_path_max || name.find('\0') != name.npos)
    return std::nullopt;
  std::string out;
  while (!name.empty()) {
    const auto slash = name.find('/');
    const auto part = name.substr(0, slash);
    name.remove_prefix(slash == name.npos ? name.size() : slash + 1);
    if (part == "..")
      return std::nullopt;
    if (part.empty() || part == ".")
      continue;
    if (!out.empty())
      out += '/';
    out += part;
  }
  return out;
}

std::string_view parent_part(std::string_view path) {
  const auto slash = path.rfind('/');
  return slash == path.npos ? std::string_view{} : path.substr(0, slash);
}

std::string_view last_part(std::string_view path) {
  const auto slash = path.rfind('/');
  return slash == path.npos ? path : path.substr(slash + 1);
}

whiteout_kind whiteout_of(std::string_view last) {
  if (last == opaque_name)
    return whiteout_kind::opaque;
  if (last.starts_with(metadata_prefix))
    return whiteout_kind::metadata;
  // A bare prefix, or one that would hide "." or "..", hides nothing.
  const auto hidden = last.starts_with(whiteout_prefix) ? hidden_name(last)
                                                        : std::string_view{};
  if (!last.starts_with(whiteout_prefix))
    return whiteout_kind::none;
  return hidden.empty() || hidden == "." || hidden == ".."
             ? whiteout_kind::metadata
             : whiteout_kind::entry;
}

std::string_view hidden_name(std::string_view last) {
  return last.substr(whiteout_prefix.size());
}

} // namespace troupe::image
