#include "node/shim/kernel.hpp"

// Where the kernel enters, and the functions that compilers call by themselves.

namespace troupe::shim {

[[noreturn]] void run();

} // namespace troupe::shim

extern "C" {

[[noreturn]] void shim_entry() {
  troupe::shim::run();
}

asm(".globl _start\n"
    "_start:\n"
    "  xor %ebp, %ebp\n"
    "  and $-16, %rsp\n"
    "  call shim_entry\n");

void* memcpy(void* to, const void* from, std::size_t size) {
  void* result = to;
  asm volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(size) : : "memory");
  return result;
}

void* memmove(void* to, const void* from, std::size_t size) {
  auto* target = static_cast<unsigned char*>(to);
  const auto* source = static_cast<const unsigned char*>(from);
  if (target <= source)
    return memcpy(to, from, size);
  while (size-- > 0)
    target[size] = source[size];
  return to;
}

void* memset(void* to, int value, std::size_t size) {
  void* result = to;
  asm volatile("rep stosb" : "+D"(to), "+c"(size) : "a"(value) : "memory");
  return result;
}

int memcmp(const void* a, const void* b, std::size_t size) {
  const auto* left = static_cast<const unsigned char*>(a);
  const auto* right = static_cast<const unsigned char*>(b);
  for (std::size_t i = 0; i < size; ++i)
    if (left[i] != right[i])
      return left[i] < right[i] ? -1 : 1;
  return 0;
}

std::size_t strlen(const char* text) {
  std::size_t size = 0;
  while (text[size] != '\0')
    ++size;
  return size;
}
}
