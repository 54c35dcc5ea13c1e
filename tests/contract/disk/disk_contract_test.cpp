#include "runtime/disk/posix_disk.hpp"
#include "tests/support/sim_disk.hpp"

#include <catch2/catch.hpp>
#include <stdlib.h>

#include <filesystem>
#include <functional>

using namespace troupe;

namespace {

using mode = disk_port::open_mode;

/// Makes ports that share one directory.
class disk_maker {
public:
  virtual ~disk_maker() = default;
  virtual std::unique_ptr<disk_port> port() = 0;
};

class sim_maker final : public disk_maker {
public:
  std::unique_ptr<disk_port> port() override { return disk_.beside(); }

private:
  sim_disk disk_;
};

class posix_maker final : public disk_maker {
public:
  posix_maker() {
    auto pattern =
        (std::filesystem::temp_directory_path() / "disk.XXXXXX").string();
    REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    path_ = pattern;
  }

  ~posix_maker() override { std::filesystem::remove_all(path_); }

  std::unique_ptr<disk_port> port() override {
    auto opened = open_posix_disk(path_);
    REQUIRE(opened);
    return std::move(*opened);
  }

private:
  std::string path_;
};

std::unique_ptr<disk_file> create(disk_port& disk, std::string_view name) {
  auto file = disk.open(name, mode::create_new);
  REQUIRE(file);
  return std::move(*file);
}

void check_files(disk_port& disk) {
  auto file = create(disk, "a");
  CHECK(file->write(0, "hello"));
  CHECK(file->write(8, "world"));
  CHECK(file->sync());
  CHECK(file->size().value() == 13);
  CHECK(file->read(0, 100).value() == bytes("hello\0\0\0world", 13));
  CHECK(file->read(3, 2).value() == "lo");
  CHECK(file->read(13, 1).value().empty());
  CHECK(file->read(1'000, SIZE_MAX / 2).value().empty());
  CHECK(file->write(0, ""));
  CHECK(file->truncate(4));
  CHECK(file->read(0, 100).value() == "hell");
  CHECK(file->truncate(6));
  CHECK(file->read(0, 100).value() == bytes("hell\0\0", 6));
}

void check_preallocation(disk_port& disk) {
  auto file = create(disk, "a");
  CHECK(file->write(0, "x"));
  CHECK(file->preallocate(4'096));
  CHECK(file->size().value() == 4'096);
  CHECK(file->read(0, 4'096).value() == "x" + bytes(4'095, '\0'));
  CHECK(file->preallocate(10));
  CHECK(file->size().value() == 4'096);
}

void check_open_modes(disk_port& disk) {
  CHECK(disk.open("a", mode::existing).error().code == errc::not_found);
  CHECK(disk.open("a", mode::read_only).error().code == errc::not_found);
  CHECK(create(disk, "a")->write(0, "one"));
  CHECK(disk.open("a", mode::create_new).error().code == errc::already_exists);
  auto reader = disk.open("a", mode::read_only);
  REQUIRE(reader);
  CHECK((*reader)->read(0, 3).value() == "one");
  const auto refused = (*reader)->write(0, "two");
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == errc::permission_denied);
  CHECK(refused.error().message.find("write") != std::string::npos);
  CHECK(refused.error().message.find("a") != std::string::npos);
  CHECK((*disk.open("a", mode::existing))->read(0, 3).value() == "one");
}

void check_names(disk_port& disk) {
  const std::string_view with_nul{"a\0b", 3};
  for (std::string_view name :
       {std::string_view{}, std::string_view{"."}, std::string_view{".."},
        std::string_view{"a/b"}, std::string_view{"/a"}, with_nul,
        std::string_view{"LOCK"}}) {
    INFO(name);
    CHECK(disk.open(name, mode::create_new).error().code
          == errc::invalid_argument);
    CHECK(disk.rename("a", name).error().code == errc::invalid_argument);
    CHECK(disk.rename(name, "a").error().code == errc::invalid_argument);
    CHECK(disk.remove(name).error().code == errc::invalid_argument);
  }
  CHECK(disk.open(std::string(256, 'n'), mode::create_new).error().code
        == errc::invalid_argument);
}

void check_directory(disk_port& disk) {
  CHECK(disk.list().value().empty());
  auto file = create(disk, "b");
  CHECK(file->write(0, "b"));
  create(disk, "c");
  create(disk, "a");
  CHECK(disk.list().value() == std::vector<std::string>{"a", "b", "c"});
  CHECK(disk.rename("b", "c"));
  CHECK(disk.remove("a"));
  CHECK(disk.sync_directory());
  CHECK(disk.list().value() == std::vector<std::string>{"c"});
  CHECK(disk.remove("a").error().code == errc::not_found);
  CHECK(disk.rename("a", "c").error().code == errc::not_found);
  // The open file follows its rename, and its removal.
  CHECK(file->write(1, "!"));
  CHECK((*disk.open("c", mode::existing))->read(0, 9).value() == "b!");
  CHECK(disk.remove("c"));
  CHECK(file->read(0, 9).value() == "b!");
}

void check_lock(disk_maker& maker) {
  auto first = maker.port();
  auto second = maker.port();
  CHECK(first->lock());
  CHECK(first->lock());
  CHECK(second->lock().error().code == errc::conflict);
  CHECK(first->list().value().empty());
  first.reset();
  CHECK(second->lock());
}

void check_contract(const std::function<std::unique_ptr<disk_maker>()>& make) {
  const auto fresh = [&](void (*check)(disk_port&)) {
    auto maker = make();
    check(*maker->port());
  };
  SECTION("files") {
    fresh(check_files);
  }
  SECTION("preallocation") {
    fresh(check_preallocation);
  }
  SECTION("open modes") {
    fresh(check_open_modes);
  }
  SECTION("names") {
    fresh(check_names);
  }
  SECTION("directory") {
    fresh(check_directory);
  }
  SECTION("lock") {
    auto maker = make();
    check_lock(*maker);
  }
}

} // namespace

TEST_CASE("the simulated disk keeps the contract") {
  check_contract([] { return std::make_unique<sim_maker>(); });
}

TEST_CASE("the POSIX disk keeps the contract") {
  check_contract([] { return std::make_unique<posix_maker>(); });
}

TEST_CASE("a missing directory is an error that names it") {
  const auto opened = open_posix_disk("/nowhere/at/all");
  REQUIRE_FALSE(opened);
  CHECK(opened.error().code == errc::not_found);
  CHECK(opened.error().message.find("/nowhere/at/all") != std::string::npos);
}
