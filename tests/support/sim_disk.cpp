#include "tests/support/sim_disk.hpp"

#include "tests/support/sim_disk_state.hpp"

namespace troupe {

using namespace sim_disk_detail;

namespace {

class sim_file final : public disk_file {
public:
  sim_file(std::shared_ptr<sim_disk_state> disk, inode_ptr file,
           std::string name, bool writable)
      : disk_(std::move(disk)), file_(std::move(file)), name_(std::move(name)),
        boot_(disk_->boots), writable_(writable) {}

  result<bytes> read(std::uint64_t offset, std::size_t length) override {
    if (auto entered = enter(operation::read); !entered)
      return entered.error();
    if (offset >= file_->live.size())
      return bytes{};
    return file_->live.substr(offset, length);
  }

  status_result write(std::uint64_t offset, bytes_view data) override {
    if (auto entered = enter_change(operation::write); !entered)
      return entered;
    if (!redirect(offset))
      return finish(operation::write);
    const auto end = offset + data.size();
    const auto before = file_->live.size();
    if (!disk_->fits(before, std::max<std::uint64_t>(before, end)))
      return no_space(operation::write);
    for (auto& unit_ : sectors_of(offset, data))
      change(std::move(unit_));
    return finish(operation::write);
  }

  status_result sync() override {
    if (auto entered = enter(operation::sync); !entered)
      return entered;
    if (disk_->last_change())
      return disk_->power_cut(operation::sync, name_);
    for (const auto& unit_ : file_->pending)
      settle(file_->durable, unit_);
    file_->pending.clear();
    return unit{};
  }

  status_result preallocate(std::uint64_t size) override {
    return resize(std::max<std::uint64_t>(size, file_->live.size()));
  }

  status_result truncate(std::uint64_t size) override { return resize(size); }

  result<std::uint64_t> size() override {
    if (disk_->off || boot_ != disk_->boots)
      return disk_->power_cut(operation::read, name_);
    return file_->live.size();
  }

private:
  status_result enter(operation what) {
    if (boot_ != disk_->boots)
      return error{errc::io_error,
                   std::string{word(what)} + " " + name_
                       + ": the file was opened before the crash"};
    return disk_->enter(what, name_);
  }

  status_result enter_change(operation what) {
    if (!writable_)
      return error{errc::permission_denied, std::string{word(what)} + " "
                                                + name_ + ": opened read-only"};
    return enter(what);
  }

  /// Applies a scripted stray; false when the write is lost.
  bool redirect(std::uint64_t& offset) {
    auto& strays = disk_->strays;
    const auto hit =
        std::find_if(strays.begin(), strays.end(), [&](const auto& stray) {
          return name_.starts_with(stray.prefix);
        });
    if (hit == strays.end())
      return true;
    const auto delta = hit->delta;
    strays.erase(hit);
    offset += static_cast<std::uint64_t>(delta.value_or(0));
    return delta.has_value();
  }

  status_result resize(std::uint64_t size) {
    if (auto entered = enter_change(operation::resize); !entered)
      return entered;
    if (!disk_->fits(file_->live.size(), size))
      return no_space(operation::resize);
    change(file_unit{size, 0, {}});
    return finish(operation::resize);
  }

  void change(file_unit unit_) {
    settle(file_->live, unit_);
    file_->pending.push_back(std::move(unit_));
  }

  status_result finish(operation what) {
    if (disk_->last_change())
      return disk_->power_cut(what, name_);
    return unit{};
  }

  status_result no_space(operation what) const {
    return error{errc::no_space,
                 std::string{word(what)} + " " + name_ + ": the disk is full"};
  }

  std::shared_ptr<sim_disk_state> disk_;
  inode_ptr file_;
  std::string name_;
  std::uint64_t boot_;
  bool writable_;
};

error no_such(std::string_view what, std::string_view name) {
  return error{errc::not_found,
               std::string{what} + " " + std::string{name} + ": no such file"};
}

error bad_name(std::string_view name) {
  return error{errc::invalid_argument,
               "'" + std::string{name} + "' is no name of a file"};
}

} // namespace

sim_disk::sim_disk() : state_(std::make_shared<sim_disk_state>()) {}

sim_disk::sim_disk(std::shared_ptr<sim_disk_state> state)
    : state_(std::move(state)) {}

sim_disk::~sim_disk() {
  if (state_->locked_by == this)
    state_->locked_by = nullptr;
}

std::unique_ptr<sim_disk> sim_disk::beside() const {
  return std::unique_ptr<sim_disk>{new sim_disk{state_}};
}

result<std::unique_ptr<disk_file>> sim_disk::open(std::string_view name,
                                                  open_mode mode) {
  if (!valid_name(name))
    return bad_name(name);
  if (auto entered = state_->enter(operation::open, name); !entered)
    return entered.error();
  const auto found = state_->live.find(name);
  const bool exists = found != state_->live.end();
  const bool create = mode == open_mode::create_new;
  if (exists && create)
    return error{errc::already_exists,
                 "open " + std::string{name} + ": the file exists"};
  if (!exists && !create)
    return no_such("open", name);
  auto file = exists ? found->second : std::make_shared<inode>();
  if (create) {
    state_->inodes.push_back(file);
    if (auto made = state_->change_directory({"", std::string{name}, file});
        !made)
      return made.error();
  }
  return std::unique_ptr<disk_file>{std::make_unique<sim_file>(
      state_, file, std::string{name}, mode != open_mode::read_only)};
}

status_result sim_disk::rename(std::string_view from, std::string_view to) {
  if (!valid_name(from))
    return bad_name(from);
  if (!valid_name(to))
    return bad_name(to);
  if (auto entered = state_->enter(operation::directory, from); !entered)
    return entered;
  const auto found = state_->live.find(from);
  if (found == state_->live.end())
    return no_such("rename", from);
  return state_->change_directory(
      {std::string{from}, std::string{to}, found->second});
}

status_result sim_disk::remove(std::string_view name) {
  if (!valid_name(name))
    return bad_name(name);
  if (auto entered = state_->enter(operation::directory, name); !entered)
    return entered;
  const auto found = state_->live.find(name);
  if (found == state_->live.end())
    return no_such("remove", name);
  return state_->change_directory({std::string{name}, "", found->second});
}

result<std::vector<std::string>> sim_disk::list() {
  if (auto entered = state_->enter(operation::read, ""); !entered)
    return entered.error();
  std::vector<std::string> names;
  for (const auto& [name, file] : state_->live)
    names.push_back(name);
  return names;
}

status_result sim_disk::sync_directory() {
  if (auto entered = state_->enter(operation::sync, ""); !entered)
    return entered;
  if (state_->last_change())
    return state_->power_cut(operation::sync, "directory");
  state_->durable = state_->live;
  state_->pending.clear();
  return unit{};
}

status_result sim_disk::lock() {
  if (state_->locked_by != nullptr && state_->locked_by != this)
    return error{errc::conflict,
                 "lock LOCK: another process has this directory"};
  state_->locked_by = this;
  return unit{};
}

std::uint64_t sim_disk::changes() const {
  return state_->changes;
}

void sim_disk::power_off_at(std::uint64_t at) {
  state_->off_at = at;
}

std::size_t sim_disk::pending_units() const {
  std::size_t units = state_->pending.size();
  for (const auto& file : state_->reachable())
    units += file->pending.size();
  return units;
}

void sim_disk::restart(const keep_unit& keep) {
  std::size_t n = 0;
  for (const auto& file : state_->reachable())
    for (const auto& unit_ : file->pending)
      if (keep(n++))
        settle(file->durable, unit_);
  for (const auto& unit_ : state_->pending)
    if (keep(n++))
      settle(state_->durable, unit_);
  state_->pending.clear();
  state_->live = state_->durable;
  for (const auto& file : state_->inodes) {
    file->pending.clear();
    file->live = file->durable;
  }
  state_->inodes = state_->reachable();
  state_->locked_by = nullptr;
  state_->off = false;
  state_->off_at = std::numeric_limits<std::uint64_t>::max();
  ++state_->boots;
}

sim_disk::keep_unit sim_disk::keep_nothing() {
  return [](std::size_t) { return false; };
}

sim_disk::keep_unit sim_disk::keep_everything() {
  return [](std::size_t) { return true; };
}

sim_disk::keep_unit sim_disk::keep_seeded(std::uint64_t seed) {
  return [seed](std::size_t n) {
    std::uint64_t state = seed + n;
    return next_random(state) % 2 == 0;
  };
}

std::unique_ptr<sim_disk> sim_disk::clone() const {
  auto copy = std::make_shared<sim_disk_state>(*state_);
  std::map<inode*, inode_ptr> copies;
  for (auto& file : copy->inodes)
    file = copies[file.get()] = std::make_shared<inode>(*file);
  for (auto* names : {&copy->live, &copy->durable})
    for (auto& [name, file] : *names)
      file = copies.at(file.get());
  for (auto& unit_ : copy->pending)
    unit_.file = copies.at(unit_.file.get());
  copy->locked_by = nullptr;
  return std::unique_ptr<sim_disk>{new sim_disk{std::move(copy)}};
}

void sim_disk::fail_next(operation what, std::string prefix, errc code) {
  state_->faults.push_back({what, std::move(prefix), code});
}

void sim_disk::misdirect_next_write(std::string prefix, std::int64_t delta) {
  state_->strays.push_back({std::move(prefix), delta});
}

void sim_disk::drop_next_write(std::string prefix) {
  state_->strays.push_back({std::move(prefix), std::nullopt});
}

void sim_disk::set_rates(rates chances, std::uint64_t seed) {
  state_->chances = chances;
  state_->random = seed;
}

void sim_disk::set_capacity(std::uint64_t octets) {
  state_->capacity = octets;
}

void sim_disk::set_latency(operation what, std::uint64_t nanoseconds) {
  state_->latency[static_cast<std::size_t>(what)] = nanoseconds;
}

std::uint64_t sim_disk::elapsed_nanoseconds() const {
  return state_->elapsed;
}

const bytes& sim_disk::content(std::string_view name) const {
  const auto found = state_->live.find(name);
  TROUPE_CHECK(found != state_->live.end(), "a test reads a file it has");
  return found->second->live;
}

void sim_disk::set_content(std::string_view name, bytes value) {
  auto& file = state_->live[std::string{name}];
  if (!file) {
    file = std::make_shared<inode>();
    state_->inodes.push_back(file);
  }
  file->live = value;
  file->durable = std::move(value);
  file->pending.clear();
  state_->durable[std::string{name}] = file;
}

void sim_disk::flip_bit(std::string_view name, std::uint64_t offset,
                        unsigned bit) {
  const auto file = state_->live.at(std::string{name});
  TROUPE_CHECK(offset < file->live.size(), "a flip hits a stored octet");
  for (auto* content : {&file->live, &file->durable})
    if (offset < content->size())
      (*content)[offset] = static_cast<char>((*content)[offset] ^ (1 << bit));
}

} // namespace troupe
