#include "node/sys/mount_table.hpp"

#include <optional>

namespace troupe::sys {

namespace {

/// Takes the text up to `separator` off the front.
std::string_view take(std::string_view& text, char separator) {
  const auto end = text.find(separator);
  const auto front = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return front;
}

bool is_octal(char c) {
  return c >= '0' && c <= '7';
}

/// The kernel writes blanks, tabs, newlines and backslashes as "\ooo".
std::string unescape(std::string_view text) {
  std::string plain;
  plain.reserve(text.size());
  while (!text.empty()) {
    if (text.size() >= 4 && text[0] == '\\' && is_octal(text[1])
        && is_octal(text[2]) && is_octal(text[3])) {
      plain += static_cast<char>((text[1] - '0') * 64 + (text[2] - '0') * 8
                                 + (text[3] - '0'));
      text.remove_prefix(4);
    } else {
      plain += text.front();
      text.remove_prefix(1);
    }
  }
  return plain;
}

std::optional<mount_entry> parse_entry(std::string_view line) {
  for (int skipped = 0; skipped < 3; ++skipped) // id, parent, device
    take(line, ' ');
  mount_entry entry;
  entry.root = unescape(take(line, ' '));
  entry.mount_point = unescape(take(line, ' '));
  // The options of the mount and a varying number of tags, then " - ".
  while (!line.empty() && take(line, ' ') != "-")
    ;
  entry.filesystem = unescape(take(line, ' '));
  entry.source = unescape(take(line, ' '));
  entry.super_options = std::string{take(line, ' ')};
  if (entry.mount_point.empty() || entry.filesystem.empty())
    return std::nullopt;
  return entry;
}

} // namespace

std::vector<mount_entry> parse_mount_table(std::string_view text) {
  std::vector<mount_entry> entries;
  while (!text.empty())
    if (auto entry = parse_entry(take(text, '\n')))
      entries.push_back(std::move(*entry));
  return entries;
}

bool is_within(std::string_view path, std::string_view directory) {
  if (directory == "/")
    return path.starts_with('/');
  return path.starts_with(directory)
         && (path.size() == directory.size() || path[directory.size()] == '/');
}

} // namespace troupe::sys
