#pragma once

#include "runtime/port/disk_port.hpp"
#include "runtime/wal/types.hpp"

#include <memory>

/// The file "hard-state": each group's term and vote, and which segments there
/// are. Two slots, both written and synced, one after the other, before a
/// change counts: a torn write or later damage of one leaves the other with
/// everything that was acknowledged.
namespace troupe::wal {

struct hard_state_content {
  std::uint64_t generation = 0;
  std::uint64_t oldest_segment = 1; ///< older files are leftovers
  std::uint64_t newest_segment = 0; ///< newer files were never used
  bool suspect = false;             ///< see `recovery::suspect`
  std::map<raft::group_id, hard_state> groups;

  friend bool operator==(const hard_state_content&,
                         const hard_state_content&) = default;
};

inline constexpr std::string_view hard_state_name = "hard-state";
inline constexpr std::size_t hard_state_slot_octets = 4096;

bytes encode_hard_state(const identity& self,
                        const hard_state_content& content);

struct hard_state_read {
  hard_state_content content;
  identity self;
  bool slots_equal = true;
  /// The slot that holds `content`; the next save begins with the other.
  std::uint64_t slot = 0;
};

/// Reads both slots. `corrupt` when neither is valid, `unsupported` for a
/// newer format, `conflict` for a stranger's file.
result<hard_state_read> read_hard_state(bytes_view file,
                                        const std::optional<identity>& self);

class hard_state_file {
public:
  /// Creates the file whole: under another name, synced, then renamed.
  static result<hard_state_file> create(disk_port& disk, const identity& self,
                                        const hard_state_content& content);

  /// Opens it for writing; `read` is what it holds.
  static result<hard_state_file> open(disk_port& disk, const identity& self,
                                      hard_state_read read);

  const hard_state_content& content() const noexcept { return content_; }

  /// Makes `next` durable under a new generation.
  status_result save(hard_state_content next);

private:
  hard_state_file(std::unique_ptr<disk_file> file, identity self,
                  hard_state_content content);

  std::unique_ptr<disk_file> file_;
  identity self_;
  hard_state_content content_;
  std::uint64_t good_slot_ = 0;
};

} // namespace troupe::wal
