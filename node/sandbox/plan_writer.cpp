#include "node/sandbox/plan_writer.hpp"

#include "messages/base/check.hpp"

#include <cstring>

namespace troupe::sandbox {

namespace {

template <class T>
void append(bytes& to, const T& value) {
  to.append(reinterpret_cast<const char*>(&value), sizeof(value));
}

} // namespace

plan_writer::plan_writer() : data_(sizeof(shim::plan_head), '\0') {}

plan_writer& plan_writer::add(shim::op what,
                              const std::vector<std::uint64_t>& numbers,
                              const std::vector<std::string>& strings,
                              std::uint16_t flags) {
  const auto begin = data_.size();
  append(data_, shim::step_head{static_cast<std::uint16_t>(what), flags, 0,
                                static_cast<std::uint32_t>(numbers.size()),
                                static_cast<std::uint32_t>(strings.size())});
  for (const auto number : numbers)
    append(data_, number);
  for (const auto& text : strings) {
    TROUPE_CHECK(text.find('\0') == std::string::npos,
                 "a plan's strings hold no zero");
    data_.append(text).push_back('\0');
  }
  data_.resize((data_.size() + 7) / 8 * 8, '\0');
  const auto size = static_cast<std::uint32_t>(data_.size() - begin);
  std::memcpy(data_.data() + begin + offsetof(shim::step_head, size), &size,
              sizeof(size));
  ++steps_;
  return *this;
}

bytes plan_writer::finish() && {
  const shim::plan_head head{shim::plan_magic, shim::plan_version, 0,
                             static_cast<std::uint32_t>(data_.size()), steps_};
  std::memcpy(data_.data(), &head, sizeof(head));
  return std::move(data_);
}

} // namespace troupe::sandbox
