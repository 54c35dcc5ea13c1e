#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// What names, labels and keys may look like, in upstream's words
/// (apimachinery pkg/util/validation). Every check returns what is wrong, one
/// sentence each, and nothing when the value is fine.
namespace troupe::meta {

using complaints = std::vector<std::string>;

inline constexpr std::size_t dns_label_length_max = 63;
inline constexpr std::size_t dns_subdomain_length_max = 253;
inline constexpr std::size_t qualified_name_length_max = 63;
inline constexpr std::size_t label_value_length_max = 63;
inline constexpr std::size_t config_map_key_length_max = 253;

/// Octets of all annotations of an object, keys and values.
inline constexpr std::size_t annotations_size_max = 256 * 1024;

complaints check_dns1123_label(std::string_view value);
complaints check_dns1123_subdomain(std::string_view value);
/// As check_dns1123_subdomain, and '_' is as good as a letter but at the end.
complaints check_dns1123_underscored(std::string_view value);
complaints check_dns1035_label(std::string_view value);

/// `[prefix/]name`: keys of labels and annotations, finalizers.
complaints check_qualified_name(std::string_view value);
complaints check_label_value(std::string_view value);

/// A name that is one segment of a path: not "." or "..", no '/' or '%'.
complaints check_path_segment_name(std::string_view value);
complaints check_config_map_key(std::string_view value);

/// Checks of object names by kind: `prefix` asks about a generateName, whose
/// last character may be a dash because more follows.
using name_check = complaints (*)(std::string_view value, bool prefix);

complaints check_label_name(std::string_view value, bool prefix);
complaints check_subdomain_name(std::string_view value, bool prefix);
complaints check_dns1035_name(std::string_view value, bool prefix);
complaints check_path_name(std::string_view value, bool prefix);

/// generateName completed: the base, cut to 58 octets, and five characters
/// drawn from `random`.
std::string generate_name(std::string_view base, std::uint64_t random);

/// The text of a version 4 UUID over 16 random octets (RFC 9562 section 5.4).
std::string uuid_text(std::array<std::uint8_t, 16> random);

} // namespace troupe::meta
