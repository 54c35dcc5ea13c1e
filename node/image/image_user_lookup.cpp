#include "node/image/file_tools.hpp"
#include "node/image/image_user.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>

namespace troupe::image {

namespace {

/// What one layer says about a file of /etc.
enum class verdict { here, gone, ask_below };

bool is_opaque(int directory) {
  char value = 0;
  return fgetxattr(directory, "trusted.overlay.opaque", &value, 1) == 1
         && value == 'y';
}

/// As overlayfs would see it, without following any link.
verdict look(const std::string& layer, const std::string& name) {
  struct stat found {};
  const auto etc = layer + "/etc";
  if (lstat(etc.c_str(), &found) != 0)
    return verdict::ask_below;
  if (!S_ISDIR(found.st_mode))
    return verdict::gone;
  const auto file = etc + "/" + name;
  if (lstat(file.c_str(), &found) == 0)
    return S_ISREG(found.st_mode) ? verdict::here : verdict::gone;
  const auto directory = open_file(etc, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  return directory && is_opaque(directory->get()) ? verdict::gone
                                                  : verdict::ask_below;
}

/// The file's text; empty when the image has none.
result<bytes> read_etc(const std::vector<std::string>& layers,
                       const std::string& name) {
  for (auto layer = layers.rbegin(); layer != layers.rend(); ++layer)
    switch (look(*layer, name)) {
      case verdict::here:
        return read_whole(*layer + "/etc/" + name, account_file_size_max);
      case verdict::gone:
        return bytes{};
      case verdict::ask_below:
        break;
    }
  return bytes{};
}

} // namespace

result<process_user> find_user(const std::vector<std::string>& layers,
                               std::string_view spec) {
  const auto passwd = read_etc(layers, "passwd");
  if (!passwd)
    return passwd.error();
  const auto group = read_etc(layers, "group");
  if (!group)
    return group.error();
  return resolve_user(spec, *passwd, *group);
}

} // namespace troupe::image
