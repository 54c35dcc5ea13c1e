#pragma once

#include "runtime/port/disk_port.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace troupe {

struct sim_disk_state;

/// A disk_port in memory whose faults a test scripts. It keeps what a program
/// sees apart from what a crash leaves: a write, resize or directory operation
/// is *pending* until its sync, and each pending unit (one sector of a write,
/// one resize, one directory operation) survives a crash or not on its own.
/// Nothing is random unless `keep_seeded` or `set_rates` is used.
///
///     sim_disk disk;
///     disk.power_off_at(7);         // the eighth change meets the crash
///     run(disk);                    // ends with io_error
///     disk.restart([](std::size_t) { return false; });
class sim_disk final : public disk_port {
public:
  static constexpr std::size_t sector_size = 512;

  enum class operation { open, read, write, sync, resize, directory };

  /// Chances of an injected io_error, per million operations.
  struct rates {
    std::uint32_t read = 0;
    std::uint32_t write = 0;
    std::uint32_t sync = 0;
  };

  /// Whether pending unit number `n` survives; units are numbered oldest file
  /// first, in the order of the calls, directory operations last.
  using keep_unit = std::function<bool(std::size_t n)>;

  sim_disk();
  ~sim_disk() override;

  /// Another port to the same storage, as another process would have.
  std::unique_ptr<sim_disk> beside() const;

  result<std::unique_ptr<disk_file>> open(std::string_view name,
                                          open_mode mode) override;
  status_result rename(std::string_view from, std::string_view to) override;
  status_result remove(std::string_view name) override;
  result<std::vector<std::string>> list() override;
  status_result sync_directory() override;
  status_result lock() override;

  // -- crashes ---------------------------------------------------------------

  /// Changes (writes, resizes, syncs, directory operations) started so far.
  std::uint64_t changes() const;

  /// The power fails during change number `at` (counted from 0): its units are
  /// pending, a sync does nothing, and every call fails until `restart`.
  void power_off_at(std::uint64_t at);

  /// Units a crash now may keep or lose.
  std::size_t pending_units() const;

  /// Crashes (if the power is on), settles every pending unit by `keep`,
  /// closes every file and lock, and powers on.
  void restart(const keep_unit& keep);

  static keep_unit keep_nothing();
  static keep_unit keep_everything();
  static keep_unit keep_seeded(std::uint64_t seed);

  /// An independent copy of the storage, pending units included.
  std::unique_ptr<sim_disk> clone() const;

  // -- faults ----------------------------------------------------------------

  /// The next `what` on a file whose name begins with `prefix` fails with
  /// `code`, doing nothing. Faults queue up per call.
  void fail_next(operation what, std::string prefix, errc code);

  /// The next write to such a file reports success but lands `delta` octets
  /// away, or nowhere.
  void misdirect_next_write(std::string prefix, std::int64_t delta);
  void drop_next_write(std::string prefix);

  void set_rates(rates chances, std::uint64_t seed);

  /// Total octets of all files; past it a change is `no_space`.
  void set_capacity(std::uint64_t octets);

  /// Each operation adds its cost to `elapsed`; nothing waits.
  void set_latency(operation what, std::uint64_t nanoseconds);
  std::uint64_t elapsed_nanoseconds() const;

  // -- direct access ---------------------------------------------------------

  /// The file as a reader sees it; it must exist.
  const bytes& content(std::string_view name) const;

  /// Replaces a file, durably, creating it if needed.
  void set_content(std::string_view name, bytes value);

  /// Flips bit `bit` (0 to 7) of the stored octet at `offset`.
  void flip_bit(std::string_view name, std::uint64_t offset, unsigned bit);

private:
  explicit sim_disk(std::shared_ptr<sim_disk_state> state);

  std::shared_ptr<sim_disk_state> state_;
};

} // namespace troupe
