#pragma once

#include <asm/unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>

/// The kernel's calls without a C library: the shim has none, so that a pod
/// costs a few pages. A call returns what the kernel returns: a negative errno
/// is a failure.
namespace troupe::shim {

#if !defined(__x86_64__)
#error "the shim knows the system call convention of x86-64 only"
#endif

inline long raw_call(long number, long a, long b, long c, long d, long e,
                     long f) {
  register long r10 asm("r10") = d;
  register long r8 asm("r8") = e;
  register long r9 asm("r9") = f;
  long result = 0;
  asm volatile("syscall"
               : "=a"(result)
               : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
               : "rcx", "r11", "memory");
  return result;
}

template <class T>
long word(T value) {
  if constexpr (requires { static_cast<long>(value); })
    return static_cast<long>(value);
  else
    return reinterpret_cast<long>(value);
}

template <class A = int, class B = int, class C = int, class D = int,
          class E = int, class F = int>
long kernel(long number, A a = 0, B b = 0, C c = 0, D d = 0, E e = 0, F f = 0) {
  return raw_call(number, word(a), word(b), word(c), word(d), word(e), word(f));
}

/// The same, again while a signal interrupts it.
template <class... Args>
long kernel_retry(long number, Args... args) {
  long result = 0;
  do
    result = kernel(number, args...);
  while (result == -EINTR);
  return result;
}

/// A filter may forbid it to a child whose execve(2) failed: then by a fault.
[[noreturn]] inline void leave(int code) {
  kernel(__NR_exit_group, code);
  __builtin_trap();
}

/// A descriptor that is closed at most once; -1 is none. The shim's objects
/// live as long as it does, so that nothing closes by itself.
inline void close_descriptor(int& fd) {
  if (fd >= 0)
    kernel(__NR_close, fd);
  fd = -1;
}

} // namespace troupe::shim

extern "C" {
void* memcpy(void* to, const void* from, std::size_t size);
void* memmove(void* to, const void* from, std::size_t size);
void* memset(void* to, int value, std::size_t size);
int memcmp(const void* a, const void* b, std::size_t size);
std::size_t strlen(const char* text);
}
