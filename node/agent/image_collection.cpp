#include "node/agent/image_collection.hpp"

#include "runtime/base/log.hpp"

#include <algorithm>
#include <cstdio>

namespace troupe::agent {

namespace {

constexpr const char* component = "agent";

/// "78.0 GiB".
std::string size_text(std::uint64_t octets) {
  constexpr std::string_view units = "KMGTPE";
  if (octets < 1024)
    return std::to_string(octets) + " B";
  auto size = static_cast<double>(octets) / 1024;
  std::size_t unit = 0;
  for (; size >= 1024 && unit + 1 < units.size(); ++unit)
    size /= 1024;
  char text[32];
  std::snprintf(text, sizeof text, "%.1f %ciB", size, units[unit]);
  return text;
}

std::uint64_t used_percent(const disk_space& disk) {
  const auto part = std::max<std::uint64_t>(disk.capacity / 100, 1);
  return 100 - std::min<std::uint64_t>(disk.available / part, 100);
}

pod::pod_event warning(const char* reason, std::string message) {
  return {true, reason, std::move(message), ""};
}

} // namespace

image_collection::image_collection(image_collection_config config,
                                   image::image_service& images,
                                   std::function<disk_space()> disk)
    : collector_(config), images_(images), disk_(std::move(disk)) {
  // nop
}

std::vector<pod::pod_event> image_collection::run(mono_time now) {
  std::vector<pod::pod_event> events;
  const auto done = collect(now, events);
  if (!done)
    log_warning(component, "images: " + done.error().message);
  // Once may happen while the disk is just filling.
  if (!done && failed_)
    events.push_back(warning("ImageGCFailed", done.error().message));
  failed_ = !done;
  return events;
}

void image_collection::look(mono_time now) {
  const auto pinned = images_.pinned();
  std::vector<collectable_image> seen;
  for (const auto& image : images_.list())
    seen.push_back({image->id, pinned.contains(image->id)});
  collector_.look(seen, now);
}

status_result image_collection::collect(mono_time now,
                                        std::vector<pod::pod_event>& events) {
  look(now);
  const auto disk = disk_();
  if (disk.capacity == 0) {
    const auto* text = "invalid capacity 0 on image filesystem";
    events.push_back(warning("InvalidDiskCapacity", text));
    return error{errc::io_error, text};
  }
  const auto wanted = collector_.wanted(disk);
  if (wanted == 0)
    return unit{};
  log_info(component, "images: " + std::to_string(used_percent(disk))
                          + "% of their disk are used, freeing "
                          + std::to_string(wanted) + " bytes");
  const auto freed = free_space(wanted, now);
  if (!freed)
    return freed.error();
  if (*freed >= wanted)
    return unit{};
  auto text = "Insufficient free disk space on the node's image filesystem ("
              + std::to_string(used_percent(disk)) + "% of "
              + size_text(disk.capacity)
              + " used). Failed to free sufficient space by deleting unused "
                "images (freed "
              + std::to_string(*freed)
              + " bytes). Investigate disk usage, as it could be used by "
                "active images, logs, volumes, or other data.";
  events.push_back(warning("FreeDiskSpaceFailed", text));
  return error{errc::no_space, std::move(text)};
}

/// First what belongs to no image; then one image after the other. What others
/// freed meanwhile counts too.
result<std::uint64_t> image_collection::free_space(std::uint64_t wanted,
                                                   mono_time now) {
  const auto begun = disk_().available;
  std::uint64_t freed = 0;
  const auto count = [&](const image::store_usage& gone) {
    freed += gone.blob_bytes + gone.layer_bytes;
    const auto there = disk_().available;
    freed = std::max(freed, there > begun ? there - begun : 0);
  };
  const auto garbage = images_.collect();
  if (!garbage)
    return garbage.error();
  count(*garbage);
  for (const auto& id : collector_.candidates(now)) {
    if (freed >= wanted)
      break;
    const auto gone = images_.evict(id);
    if (!gone && gone.error().code != errc::conflict)
      return gone.error();
    if (!gone)
      continue;
    log_info(component, "images: " + id + " is removed");
    count(*gone);
  }
  return freed;
}

} // namespace troupe::agent
