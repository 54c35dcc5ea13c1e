#include "messages/codec/validate/spot.hpp"

#include <algorithm>

namespace troupe::codec {

std::string spot::path() const {
  std::string out;
  append_path(out);
  return out;
}

void spot::append_path(std::string& out) const {
  if (parent_ != nullptr)
    parent_->append_path(out);
  switch (how_) {
    case kind::root:
      out += name_;
      break;
    case kind::child:
      if (!out.empty())
        out += '.';
      out += name_;
      break;
    case kind::index:
      out.append("[").append(std::to_string(index_)).append("]");
      break;
    case kind::key:
      out.append("[").append(name_).append("]");
      break;
  }
}

void spot::required(std::string detail) const {
  errors_->push_back(meta::required(path(), std::move(detail)));
}

void spot::invalid(std::string_view value, std::string detail) const {
  invalid_json(meta::quoted(value), std::move(detail));
}

void spot::invalid(std::int64_t value, std::string detail) const {
  invalid_json(std::to_string(value), std::move(detail));
}

void spot::invalid_json(std::string json, std::string detail) const {
  errors_->push_back(meta::invalid(path(), std::move(json), std::move(detail)));
}

void spot::complain(std::string_view value,
                    const meta::complaints& complaints) const {
  for (const auto& complaint : complaints)
    invalid(value, complaint);
}

void spot::forbidden(std::string detail) const {
  errors_->push_back(meta::forbidden(path(), std::move(detail)));
}

void spot::duplicate(std::string_view value) const {
  errors_->push_back(meta::duplicate(path(), meta::quoted(value)));
}

void spot::duplicate_json(std::string json, std::string detail) const {
  errors_->push_back({meta::field_error_type::duplicate, path(),
                      std::move(json), std::move(detail)});
}

void spot::not_found(std::string_view value, std::string detail) const {
  errors_->push_back({meta::field_error_type::not_found, path(),
                      meta::quoted(value), std::move(detail)});
}

void spot::not_supported(
    std::string_view value,
    std::initializer_list<std::string_view> supported) const {
  errors_->push_back(
      meta::not_supported(path(), meta::quoted(value), supported));
}

void spot::not_supported_json(
    std::string json, std::initializer_list<std::string_view> supported) const {
  errors_->push_back(meta::not_supported(path(), std::move(json), supported));
}

void spot::too_long(std::size_t bytes_max) const {
  errors_->push_back(meta::too_long(path(), bytes_max));
}

void spot::one_of(std::string_view value,
                  std::initializer_list<std::string_view> allowed) const {
  if (std::find(allowed.begin(), allowed.end(), value) == allowed.end())
    not_supported(value, allowed);
}

void spot::required_one_of(
    std::string_view value,
    std::initializer_list<std::string_view> allowed) const {
  if (value.empty())
    required();
  else
    one_of(value, allowed);
}

void spot::need(std::string_view value) const {
  if (value.empty())
    required();
}

void spot::between(std::int64_t value, std::int64_t low,
                   std::int64_t high) const {
  if (value < low || value > high)
    invalid(value, "must be between " + std::to_string(low) + " and "
                       + std::to_string(high) + ", inclusive");
}

void spot::not_negative(std::int64_t value) const {
  if (value < 0)
    invalid(value, "must be greater than or equal to 0");
}

} // namespace troupe::codec
