#include "node/dns/upstream.hpp"

#include <algorithm>
#include <sstream>
#include <string>

namespace troupe::dns {

namespace {

constexpr std::size_t upstreams_max = 3; // as MAXNS of resolv.h

} // namespace

std::vector<upstream> read_upstreams(std::string_view resolv_conf,
                                     const std::vector<ip_address>& own) {
  std::vector<upstream> out;
  std::istringstream lines{std::string{resolv_conf}};
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words{line};
    std::string key;
    std::string value;
    words >> key >> value;
    const auto address = ip_address::parse(value);
    if (key != "nameserver" || !address || out.size() == upstreams_max
        || std::find(own.begin(), own.end(), *address) != own.end())
      continue;
    const upstream one{*address};
    if (std::find(out.begin(), out.end(), one) == out.end())
      out.push_back(one);
  }
  return out;
}

} // namespace troupe::dns
