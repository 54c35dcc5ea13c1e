#pragma once

#include <string>
#include <string_view>

namespace troupe::image {

/// Why libcurl got no whole answer, in the words in which container runtimes
/// say it: `dial tcp reg:5000: connect: connection refused`, `tls: failed to
/// verify certificate: x509: certificate signed by unknown authority`. The
/// same cause always reads the same, so that events about it are counted.
/// `curl` is the CURL* of the transfer, `code` its CURLcode, `why` what it
/// wrote.
std::string http_fault_text(void* curl, int code, std::string_view why);

/// `host[:port]` of a URL, and `scheme://host[:port]`.
std::string_view host_of(std::string_view url);
std::string_view origin_of(std::string_view url);

} // namespace troupe::image
