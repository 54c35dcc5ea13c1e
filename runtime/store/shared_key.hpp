#pragma once

#include "messages/base/check.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>
#include <string_view>
#include <utility>

namespace troupe::store {

/// An immutable key held once and shared by every tree node that mentions it:
/// one allocation of eight octets beside the key's own. Copies may be made and
/// dropped from any thread.
class shared_key {
public:
  shared_key() = default;

  explicit shared_key(std::string_view text) {
    TROUPE_CHECK(text.size() <= UINT32_MAX, "a key is shorter than 4 GiB");
    auto* memory = ::operator new(sizeof(block) + text.size());
    block_ = new (memory) block{{1}, static_cast<std::uint32_t>(text.size())};
    if (!text.empty())
      std::memcpy(reinterpret_cast<char*>(block_ + 1), text.data(),
                  text.size());
  }

  shared_key(const shared_key& other) noexcept : block_(other.block_) {
    if (block_ != nullptr)
      block_->references.fetch_add(1, std::memory_order_relaxed);
  }

  shared_key(shared_key&& other) noexcept
      : block_(std::exchange(other.block_, nullptr)) {}

  shared_key& operator=(shared_key other) noexcept {
    std::swap(block_, other.block_);
    return *this;
  }

  ~shared_key() {
    if (block_ != nullptr
        && block_->references.fetch_sub(1, std::memory_order_acq_rel) == 1) {
      block_->~block();
      ::operator delete(block_);
    }
  }

  std::string_view view() const noexcept {
    if (block_ == nullptr)
      return {};
    return {reinterpret_cast<const char*>(block_ + 1), block_->size};
  }

private:
  struct block {
    std::atomic<std::uint32_t> references;
    std::uint32_t size;
  };

  block* block_ = nullptr;
};

/// Bytewise order of keys.
struct key_less {
  bool operator()(const shared_key& a, std::string_view b) const noexcept {
    return a.view() < b;
  }
  bool operator()(std::string_view a, const shared_key& b) const noexcept {
    return a < b.view();
  }
};

} // namespace troupe::store
