#include "messages/codec/validate/formats.hpp"

namespace troupe::codec {

format_check find_format(std::string_view name) {
  struct format {
    std::string_view name;
    format_check check;
  };
  static constexpr format formats[] = {
      {"dns1123_label", meta::check_dns1123_label},
      {"dns1123_subdomain", meta::check_dns1123_subdomain},
      {"dns1035_label", meta::check_dns1035_label},
      {"qualified_name", meta::check_qualified_name},
      {"label_value", meta::check_label_value},
      {"path_segment_name", meta::check_path_segment_name},
      {"config_map_key", meta::check_config_map_key},
  };
  for (const auto& known : formats)
    if (known.name == name)
      return known.check;
  return nullptr;
}

} // namespace troupe::codec
