#include "node/volume/file_set.hpp"

#include "messages/base/overload.hpp"

namespace troupe::volume {

namespace {

constexpr std::size_t path_max = 4096;
constexpr std::size_t name_max = 255;
constexpr mode_t token_mode = 0600;
// A group reads what is made for it.
constexpr mode_t group_read = 0440;

/// The kinds differ in what their errors say.
struct wording {
  std::string_view object;
  std::string_view missing_key;
};

constexpr wording config_map_words{
    "configmap", "configmap references non-existent config key: "};
constexpr wording secret_words{"secret",
                               "references non-existent secret key: "};

error refuse(std::string why) {
  return error{errc::invalid_argument, "invalid path: " + std::move(why)};
}

class file_set_builder {
public:
  file_set_builder(mode_t default_mode, const ownership& owner)
      : default_mode_(default_mode), owner_(owner) {}

  status_result add(const keyed_source& source, const wording& words) {
    if (!source.content)
      return source.optional
                 ? status_result{unit{}}
                 : error{errc::not_found, std::string{words.object} + " \""
                                              + source.name + "\" not found"};
    if (source.items.empty()) {
      for (const auto& [key, data] : *source.content)
        if (auto put = add_file(key, data, std::nullopt); !put)
          return put;
      return unit{};
    }
    for (const auto& item : source.items) {
      const auto found = source.content->find(item.key);
      if (found == source.content->end()) {
        if (source.optional)
          continue;
        return error{errc::not_found,
                     std::string{words.missing_key} + item.key};
      }
      if (auto put = add_file(item.path, found->second, item.mode); !put)
        return put;
    }
    return unit{};
  }

  status_result add(const std::vector<downward_item>& items) {
    for (const auto& item : items)
      if (auto put = add_file(item.path, item.value, item.mode); !put)
        return put;
    return unit{};
  }

  /// Only its user, or the pod's group, reads a token.
  status_result add(const token_source& source) {
    std::optional<mode_t> mode;
    if (owner_.user || owner_.fs_group)
      mode = token_mode;
    auto put = add_file(source.path, source.token, mode);
    if (put && owner_.user)
      files_[clean_path(source.path)].owner = owner_.user;
    return put;
  }

  result<file_set> finish() && {
    // Sorted: what lies below a path follows it, but not at once ("a-b").
    for (const auto& [path, file] : files_) {
      const auto below = files_.lower_bound(path + "/");
      if (below != files_.end() && below->first.starts_with(path + "/"))
        return refuse("\"" + path + "\" is both a file and a directory");
    }
    return std::move(files_);
  }

private:
  /// "a//b/./c" and "a/b/c" are one file.
  static std::string clean_path(std::string_view path) {
    std::string clean;
    while (!path.empty()) {
      const auto end = path.find('/');
      const auto name = path.substr(0, end);
      if (!name.empty() && name != ".")
        clean.append(clean.empty() ? "" : "/").append(name);
      path.remove_prefix(end == std::string_view::npos ? path.size() : end + 1);
    }
    return clean;
  }

  status_result add_file(const std::string& path, const bytes& data,
                         std::optional<mode_t> mode) {
    if (auto valid = check_file_path(path); !valid)
      return valid;
    const auto clean = clean_path(path);
    if (clean.empty())
      return refuse("must name a file: " + path);
    auto bits = mode.value_or(default_mode_);
    if (owner_.fs_group)
      bits |= group_read;
    files_[clean] = {data, bits, std::nullopt};
    return unit{};
  }

  mode_t default_mode_;
  const ownership& owner_;
  file_set files_;
};

} // namespace

status_result check_file_path(std::string_view path) {
  const std::string text{path};
  if (path.empty())
    return refuse("must not be empty: \"\"");
  if (path.front() == '/')
    return refuse("must be relative path: " + text);
  if (path.size() > path_max)
    return refuse("must be less than or equal to 4096 characters");
  if (path.find('\0') != std::string_view::npos)
    return refuse("must not contain a null character");
  for (auto rest = path; !rest.empty();) {
    const auto end = rest.find('/');
    const auto name = rest.substr(0, end);
    if (name == "..")
      return refuse("must not contain '..': " + text);
    if (name.size() > name_max)
      return refuse("filenames must be less than or equal to 255 characters");
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  }
  // The writer's own names begin so. A leading "./" hides none.
  auto first = path;
  while (first.starts_with("./") || first.starts_with('/'))
    first.remove_prefix(first.front() == '/' ? 1 : 2);
  if (first.starts_with(".."))
    return refuse("must not start with '..': " + text);
  return unit{};
}

result<file_set> plan_files(const config_map_volume& volume,
                            const ownership& owner) {
  file_set_builder builder{volume.default_mode, owner};
  if (auto added = builder.add(volume.from, config_map_words); !added)
    return added.error();
  return std::move(builder).finish();
}

result<file_set> plan_files(const secret_volume& volume,
                            const ownership& owner) {
  file_set_builder builder{volume.default_mode, owner};
  if (auto added = builder.add(volume.from, secret_words); !added)
    return added.error();
  return std::move(builder).finish();
}

result<file_set> plan_files(const downward_volume& volume,
                            const ownership& owner) {
  file_set_builder builder{volume.default_mode, owner};
  if (auto added = builder.add(volume.items); !added)
    return added.error();
  return std::move(builder).finish();
}

result<file_set> plan_files(const projected_volume& volume,
                            const ownership& owner) {
  file_set_builder builder{volume.default_mode, owner};
  for (const auto& source : volume.sources) {
    auto added = std::visit(
        overload{
            [&](const config_map_source& it) {
              return builder.add(it.from, config_map_words);
            },
            [&](const secret_source& it) {
              return builder.add(it.from, secret_words);
            },
            [&](const downward_source& it) { return builder.add(it.items); },
            [&](const token_source& it) { return builder.add(it); },
        },
        source);
    if (!added)
      return added.error();
  }
  return std::move(builder).finish();
}

} // namespace troupe::volume
