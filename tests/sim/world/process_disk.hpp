#pragma once

#include "runtime/port/disk_port.hpp"
#include "tests/sim/world/planted_bug.hpp"
#include "tests/support/sim_disk.hpp"

#include <functional>
#include <memory>

namespace troupe::sim {

/// One process's port to its server's disk. Once the process was killed it does
/// nothing any more: destructors of a killed process do not run.
class process_disk final : public disk_port {
public:
  process_disk(const sim_disk& storage, planted_bug bug);
  ~process_disk() override;

  result<std::unique_ptr<disk_file>> open(std::string_view name,
                                          open_mode mode) override;
  status_result rename(std::string_view from, std::string_view to) override;
  status_result remove(std::string_view name) override;
  result<std::vector<std::string>> list() override;
  status_result sync_directory() override;
  status_result lock() override;

  void kill();

private:
  struct shared;
  class file;

  std::unique_ptr<sim_disk> disk_;
  std::shared_ptr<shared> shared_;
};

} // namespace troupe::sim
