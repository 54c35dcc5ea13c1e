#include "node/image/content_store.hpp"
#include "node/image/manifest.hpp"

#include <charconv>

namespace troupe::image {

namespace {

constexpr std::size_t facts_max = 2 * layers_max + 16;

error unreadable() {
  return {errc::corrupt, "the store's record of an image is unreadable"};
}

bool read_fact(stored_image& out, std::string_view key,
               std::string_view value) {
  if (key == "size") {
    const auto* end = value.data() + value.size();
    const auto [at, fault] = std::from_chars(value.data(), end, out.size);
    return fault == std::errc{} && at == end && !value.empty();
  }
  if (!is_digest(value))
    return false;
  if (key == "image")
    out.id = value;
  else if (key == "manifest")
    out.manifest_digest = value;
  else if (key == "blob")
    out.blobs.emplace_back(value);
  else if (key == "layer")
    out.chains.emplace_back(value);
  else
    return false;
  return true;
}

} // namespace

std::string encode_image(const stored_image& image) {
  std::string out;
  const auto line = [&](std::string_view key, std::string_view value) {
    out.append(key).append(" ").append(value).append("\n");
  };
  line("image", image.id);
  if (!image.manifest_digest.empty())
    line("manifest", image.manifest_digest);
  line("size", std::to_string(image.size));
  for (const auto& blob : image.blobs)
    line("blob", blob);
  for (const auto& chain : image.chains)
    line("layer", chain);
  return out;
}

result<stored_image> decode_image(std::string_view text) {
  stored_image out;
  for (std::size_t count = 0; !text.empty(); ++count) {
    const auto end = text.find('\n');
    const auto line = text.substr(0, end);
    const auto blank = line.find(' ');
    if (end == text.npos || blank == line.npos || count > facts_max
        || !read_fact(out, line.substr(0, blank), line.substr(blank + 1)))
      return unreadable();
    text.remove_prefix(end + 1);
  }
  if (out.id.empty())
    return unreadable();
  return out;
}

} // namespace troupe::image
