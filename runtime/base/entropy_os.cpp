#include "messages/base/check.hpp"
#include "runtime/base/entropy.hpp"

#include <sys/random.h>

#include <cerrno>
#include <cstring>

namespace troupe {

void fill_random(std::span<std::uint8_t> out) {
  std::size_t done = 0;
  while (done < out.size()) {
    const auto got = getrandom(out.data() + done, out.size() - done, 0);
    if (got < 0 && errno == EINTR)
      continue;
    TROUPE_CHECK(got > 0, "the kernel gives random octets");
    done += static_cast<std::size_t>(got);
  }
}

std::array<std::uint8_t, 16> random_id() {
  std::array<std::uint8_t, 16> id;
  fill_random(id);
  return id;
}

std::uint64_t random_u64() {
  std::array<std::uint8_t, 8> octets;
  fill_random(octets);
  std::uint64_t value;
  std::memcpy(&value, octets.data(), sizeof value);
  return value;
}

} // namespace troupe
