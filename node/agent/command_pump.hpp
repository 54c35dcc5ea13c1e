#pragma once

#include "node/agent/io_stream.hpp"
#include "node/sys/unique_fd.hpp"
#include "runtime/base/guarded.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

namespace troupe::agent {

/// How a command ended, told from another thread; the pump's stream is to be
/// woken then.
class command_ending {
public:
  void set(int code) {
    code_.with([&](auto& it) { it = code; });
  }

  std::optional<int> get() const {
    return code_.with([](const auto& it) { return it; });
  }

private:
  guarded<std::optional<int>> code_;
};

/// Our ends of a process's streams; any may be absent. With a terminal, `in`
/// and `out` are both it.
struct command_pipes {
  unique_fd in;
  unique_fd out;
  unique_fd err;
};

/// Carries input and output between a process and a stream of node_io messages.
/// Output waits while the client has no room for it; input counts as consumed
/// when it was written.
class command_pump {
public:
  using resize_function = std::function<void(std::uint16_t, std::uint16_t)>;

  /// `how` is null for what has no end of its own to wait for. `resize` hears
  /// columns and rows.
  command_pump(io_stream& to, command_pipes ends,
               std::shared_ptr<const command_ending> how,
               resize_function resize);

  /// Blocks until the process (when `how` tells) and its output are over, or
  /// the client has left. Without `how` and output: until the input is over.
  void run();

private:
  bool wait(bool ended);
  void take_input();
  void resize(const bytes& text);
  void write_input();
  void copy(unique_fd& from, node_io::channel as);

  io_stream& to_;
  command_pipes ends_;
  std::shared_ptr<const command_ending> how_;
  resize_function resize_;
  const bool has_output_;
  bytes pending_;
  std::size_t written_ = 0;
  bool closing_ = false;
};

} // namespace troupe::agent
