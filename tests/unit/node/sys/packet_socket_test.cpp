#include "node/sys/memory_file.hpp"
#include "node/sys/packet_socket.hpp"

#include <catch2/catch.hpp>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

using namespace troupe;
using namespace troupe::sys;

namespace {

struct temporary {
  std::string path;

  temporary() {
    char name[] = "/tmp/troupe-packet-XXXXXX";
    path = mkdtemp(name);
  }

  ~temporary() { std::filesystem::remove_all(path); }

  unique_fd open_below(const std::string& name) const {
    const auto full = path + "/" + name;
    std::filesystem::create_directories(full);
    return unique_fd{open(full.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  }
};

} // namespace

TEST_CASE("packets keep their ends and carry descriptors", "[sys]") {
  const temporary place;
  // Longer than a socket's own path may be.
  const auto directory =
      place.open_below(std::string(120, 'a') + "/" + std::string(120, 'b'));
  const auto listener = listen_packets(directory, "x.sock");
  REQUIRE(listener);
  const auto client = connect_packets(directory, "x.sock");
  REQUIRE(client);
  const unique_fd server{accept(listener->get(), nullptr, nullptr)};
  REQUIRE(server);
  CHECK(receive_packet(server, 100).error().code == errc::expired);
  const auto file = make_memory_file("note", "hello", false);
  REQUIRE(file);
  REQUIRE(send_packet(*client, "one", {file->get(), file->get()}));
  REQUIRE(send_packet(*client, "two", {}));
  const auto first = receive_packet(server, 100);
  REQUIRE(first);
  CHECK(first->data == "one");
  REQUIRE(first->descriptors.size() == 2);
  CHECK(*read_all(first->descriptors[1], 100) == "hello");
  CHECK(receive_packet(server, 100)->data == "two");
  REQUIRE(send_packet(*client, std::string(101, 'x'), {}));
  CHECK(receive_packet(server, 100).error().code == errc::too_large);
  CHECK(send_packet(*client, "x", std::vector<int>(251, 0)).error().code
        == errc::too_large);
}

TEST_CASE("a socket says who is not there", "[sys]") {
  const temporary place;
  const auto directory = place.open_below("d");
  CHECK(connect_packets(directory, "x.sock").error().code == errc::not_found);
  {
    const auto listener = listen_packets(directory, "x.sock");
    REQUIRE(listener);
    struct stat about = {};
    REQUIRE(fstatat(directory.get(), "x.sock", &about, 0) == 0);
    CHECK((about.st_mode & 0777) == 0600);
    const auto client = connect_packets(directory, "x.sock");
    REQUIRE(client);
    const unique_fd server{accept(listener->get(), nullptr, nullptr)};
    const_cast<unique_fd&>(server).reset();
    CHECK(receive_packet(*client, 10).error().code == errc::unavailable);
    CHECK(send_packet(*client, "x", {}).error().code == errc::unavailable);
  }
  CHECK(connect_packets(directory, "x.sock").error().code == errc::unavailable);
  CHECK(listen_packets(directory, "x.sock")); // in the place of the dead one
  CHECK(listen_packets(directory, std::string(200, 'x')).error().code
        == errc::too_large);
}

TEST_CASE("a memory file does not change any more", "[sys]") {
  const auto file = make_memory_file("sealed", std::string(100'000, 'x'), true);
  REQUIRE(file);
  CHECK(read_all(*file, 200'000)->size() == 100'000);
  CHECK(read_all(*file, 1000).error().code == errc::too_large);
  CHECK(pwrite(file->get(), "y", 1, 0) < 0);
  CHECK(ftruncate(file->get(), 0) < 0);
  CHECK(mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file->get(), 0)
        == MAP_FAILED);
}
