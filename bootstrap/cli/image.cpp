#include "bootstrap/cli/image.hpp"

#include "bootstrap/cli/observe.hpp"
#include "bootstrap/cluster/layout.hpp"
#include "node/image/image_service.hpp"

#include <nlohmann/json.hpp>

#include <cstdio>
#include <filesystem>

namespace troupe::cli {

namespace {

using images = std::vector<image::image_ptr>;

std::string first_name(const image::image_record& image) {
  if (!image.repo_tags.empty())
    return image.repo_tags.front();
  return image.repo_digests.empty() ? "<none>" : image.repo_digests.front();
}

void print_json(const images& all, std::ostream& out) {
  auto json = nlohmann::ordered_json::array();
  for (const auto& image : all)
    json.push_back({{"id", image->id},
                    {"tags", image->repo_tags},
                    {"digests", image->repo_digests},
                    {"size", image->size}});
  out << json.dump(2) << std::endl;
}

void print_text(const images& all, std::ostream& out) {
  constexpr std::size_t id_shown = 19; // "sha256:" and 12 digits
  constexpr double megabyte = 1e6;
  for (const auto& image : all) {
    char size[32];
    std::snprintf(size, sizeof size, "%.1f MB",
                  static_cast<double>(image->size) / megabyte);
    out << first_name(*image) << "  " << image->id.substr(0, id_shown) << "  "
        << size << "\n";
  }
  out << std::flush;
}

/// What the archive's reader would describe in its own words only.
status_result check_archive(const std::string& path) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored))
    return error{errc::invalid_argument, "is a directory"};
  if (std::filesystem::is_regular_file(path, ignored)
      && std::filesystem::file_size(path, ignored) == 0)
    return error{errc::invalid_argument, "is empty"};
  return unit{};
}

error in_archive(const std::string& path, const error& why) {
  return {why.code, path + ": " + why.message};
}

} // namespace

int run_image(const image_options& options, const console& to) {
  auto files =
      cluster::find_layout(options.cluster.directory, options.cluster.name);
  if (!files)
    return to.fail(files.error());
  auto seen = observe(*files);
  if (!seen)
    return to.fail(seen.error());
  if (!seen->record || seen->record->nodes == 0)
    return to.fail({errc::not_found,
                    "there is no cluster with nodes in " + files->root()});
  image::image_service_config config;
  config.root = files->images();
  auto store = image::open_image_service(std::move(config));
  if (!store)
    return to.fail(store.error());
  images all;
  if (options.archive.empty()) {
    all = (*store)->list();
  } else {
    if (auto fit = check_archive(options.archive); !fit)
      return to.fail(in_archive(options.archive, fit.error()));
    auto added = (*store)->import_archive(options.archive, options.tag);
    if (!added)
      return to.fail(in_archive(options.archive, added.error()));
    all = std::move(*added);
  }
  if (options.output == output_format::json)
    print_json(all, to.out);
  else
    print_text(all, to.out);
  return exit_success;
}

} // namespace troupe::cli
