#include "tests/sim/world/process_disk.hpp"

namespace troupe::sim {

struct process_disk::shared {
  planted_bug bug = planted_bug::none;
  bool dead = false;

  status_result alive() const {
    if (dead)
      return error{errc::io_error, "the process was killed"};
    return unit{};
  }
};

class process_disk::file final : public disk_file {
public:
  file(std::shared_ptr<shared> s, std::unique_ptr<disk_file> below)
      : shared_(std::move(s)), below_(std::move(below)) {}

  result<bytes> read(std::uint64_t offset, std::size_t length) override {
    if (auto alive = shared_->alive(); !alive)
      return alive.error();
    return below_->read(offset, length);
  }

  status_result write(std::uint64_t offset, bytes_view data) override {
    if (auto alive = shared_->alive(); !alive)
      return alive;
    if (shared_->bug == planted_bug::late_disk && late_) {
      // What the last sync claimed becomes true before anything new.
      late_ = false;
      if (auto synced = below_->sync(); !synced)
        return synced;
    }
    return below_->write(offset, data);
  }

  status_result sync() override {
    if (auto alive = shared_->alive(); !alive)
      return alive;
    if (shared_->bug == planted_bug::lying_disk)
      return unit{};
    if (shared_->bug == planted_bug::late_disk) {
      late_ = true;
      return unit{};
    }
    return below_->sync();
  }

  status_result preallocate(std::uint64_t size) override {
    if (auto alive = shared_->alive(); !alive)
      return alive;
    return below_->preallocate(size);
  }

  status_result truncate(std::uint64_t size) override {
    if (auto alive = shared_->alive(); !alive)
      return alive;
    return below_->truncate(size);
  }

  result<std::uint64_t> size() override {
    if (auto alive = shared_->alive(); !alive)
      return alive.error();
    return below_->size();
  }

private:
  std::shared_ptr<shared> shared_;
  std::unique_ptr<disk_file> below_;
  bool late_ = false;
};

process_disk::process_disk(const sim_disk& storage, planted_bug bug)
    : disk_(storage.beside()), shared_(std::make_shared<shared>()) {
  shared_->bug = bug;
}

process_disk::~process_disk() = default;

result<std::unique_ptr<disk_file>> process_disk::open(std::string_view name,
                                                      open_mode mode) {
  if (auto alive = shared_->alive(); !alive)
    return alive.error();
  auto opened = disk_->open(name, mode);
  if (!opened)
    return opened.error();
  return std::unique_ptr<disk_file>{
      std::make_unique<file>(shared_, std::move(*opened))};
}

status_result process_disk::rename(std::string_view from, std::string_view to) {
  if (auto alive = shared_->alive(); !alive)
    return alive;
  return disk_->rename(from, to);
}

status_result process_disk::remove(std::string_view name) {
  if (auto alive = shared_->alive(); !alive)
    return alive;
  return disk_->remove(name);
}

result<std::vector<std::string>> process_disk::list() {
  if (auto alive = shared_->alive(); !alive)
    return alive.error();
  return disk_->list();
}

status_result process_disk::sync_directory() {
  if (auto alive = shared_->alive(); !alive)
    return alive;
  if (shared_->bug == planted_bug::lying_disk)
    return unit{};
  return disk_->sync_directory();
}

status_result process_disk::lock() {
  if (auto alive = shared_->alive(); !alive)
    return alive;
  return disk_->lock();
}

void process_disk::kill() {
  shared_->dead = true;
}

} // namespace troupe::sim
