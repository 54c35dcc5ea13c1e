#pragma once

#include "messages/codec/validate/spot.hpp"

#include <string>
#include <string_view>
#include <vector>

/// Warnings that several kinds share, in upstream's words.
namespace troupe::codec {

/// Collects texts "<path of a spot>: <what>".
class warning_list {
public:
  explicit warning_list(std::vector<std::string>& out) : out_{&out} {}

  /// The place `name`, below which warnings are given.
  spot root(std::string_view name) { return {name, none_}; }

  void add(std::string text) { out_->push_back(std::move(text)); }

  void at(const spot& here, std::string_view what) {
    out_->push_back(here.path().append(": ").append(what));
  }

private:
  std::vector<std::string>* out_;
  meta::field_errors none_;
};

/// An address that is not written as it should be.
void warn_address(std::string_view address, const spot& here,
                  warning_list& out);

/// The same of a range of addresses.
void warn_range(std::string_view range, const spot& here, warning_list& out);

/// What to say of a node's label that is out of use; "" if nothing.
std::string_view deprecated_node_label(std::string_view key);

} // namespace troupe::codec
