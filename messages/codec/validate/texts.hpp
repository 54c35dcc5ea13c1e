#pragma once

#include "messages/codec/validate/spot.hpp"
#include "messages/view/meta_v1.hpp"
#include "messages/view/view.hpp"

/// Judgements of single values that several kinds share, in upstream's words.
namespace troupe::codec {

/// A TCP or UDP port: 1 to 65535.
void check_port_number(std::int64_t port, const spot& here);

/// An IANA service name: what a container's port may be called.
meta::complaints check_port_name(std::string_view name);

/// A port number, or the name of a port.
void check_port(const view::int_or_string& port, const spot& here);

/// Printable ASCII but for '='.
meta::complaints check_env_name(std::string_view name);

meta::complaints check_http_header_name(std::string_view name);

void check_ip(std::string_view address, const spot& here);

/// A path below some root: relative, and nowhere "..".
void check_descending_path(std::string_view path, const spot& here);

/// As `check_descending_path`, and the first name does not begin with "..".
void check_local_path(std::string_view path, const spot& here);

/// Whether a name in the path is "..".
bool has_backstep(std::string_view path);

/// Nowhere "..".
void check_no_backsteps(std::string_view path, const spot& here);

/// Permission bits of a file.
void check_file_mode(std::int64_t mode, const spot& here);

/// Keys and values of labels, at `here` itself.
void check_labels(const view::map<std::string_view>& labels, const spot& here);

void check_label_selector(view::meta_v1::label_selector selector,
                          const spot& here);

} // namespace troupe::codec
