#pragma once

#include "messages/base/ip.hpp"
#include "messages/base/result.hpp"

#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

/// How the words of a text script are read; what is wrong throws.
namespace troupe::test {

template <class T>
T must(result<T> outcome) {
  if (!outcome)
    throw std::runtime_error{outcome.error().message};
  return std::move(*outcome);
}

inline std::vector<std::string> split(const std::string& text, char by) {
  std::vector<std::string> out;
  std::istringstream in{text};
  for (std::string part; std::getline(in, part, by);)
    out.push_back(part);
  return out;
}

/// "10.0.0.1,10.0.0.2"
inline std::vector<ip_address> read_addresses(const std::string& text) {
  std::vector<ip_address> out;
  for (const auto& part : split(text, ','))
    out.push_back(must(ip_address::parse(part)));
  return out;
}

} // namespace troupe::test
