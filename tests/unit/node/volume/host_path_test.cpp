#include "node/volume/host_path.hpp"
#include "tests/unit/node/volume/scratch.hpp"

#include <catch2/catch.hpp>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>

using namespace troupe;
using namespace troupe::volume;
namespace fs = std::filesystem;

namespace {

void make_one_of_each(const scratch& here) {
  fs::create_directory(here / "directory");
  write_text(here / "file", "x");
  const int socket = ::socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strcpy(address.sun_path, (here / "socket").c_str());
  REQUIRE(::bind(socket, reinterpret_cast<const sockaddr*>(&address),
                 sizeof address)
          == 0);
  ::close(socket);
  REQUIRE(::mknod((here / "char").c_str(), S_IFCHR | 0600, makedev(1, 3)) == 0);
  REQUIRE(::mknod((here / "block").c_str(), S_IFBLK | 0600, makedev(7, 200))
          == 0);
}

} // namespace

TEST_CASE("types of host paths") {
  struct row {
    const char* type;
    const char* fits;
    const char* noun;
  };
  const auto it = GENERATE(values<row>({
      {"DirectoryOrCreate", "directory", "a directory"},
      {"Directory", "directory", "a directory"},
      {"FileOrCreate", "file", "a file"},
      {"File", "file", "a file"},
      {"Socket", "socket", "a socket file"},
      {"CharDevice", "char", "a character device"},
      {"BlockDevice", "block", "a block device"},
  }));
  const scratch here;
  make_one_of_each(here);
  fs::create_symlink(it.fits, here / "link");
  for (const auto* name : {"directory", "file", "socket", "char", "block"}) {
    CAPTURE(it.type, name);
    const auto checked = check_host_path({here / name, it.type});
    if (name == std::string_view{it.fits})
      CHECK(checked);
    else
      CHECK(checked.error().message
            == "hostPath type check failed: " + (here / name) + " is not "
                   + it.noun);
    CHECK(check_host_path({here / name, ""}));
  }
  CHECK(check_host_path({here / "link", it.type}));
}

TEST_CASE("missing host paths") {
  const scratch here;
  for (const auto* type :
       {"Directory", "File", "Socket", "CharDevice", "BlockDevice"})
    CHECK_FALSE(check_host_path({here / "none", type}));
  CHECK_FALSE(fs::exists(here / "none"));
  CHECK(check_host_path({here / "a/b", "DirectoryOrCreate"}));
  CHECK(mode_of(here / "a/b") == 0755);
  CHECK(check_host_path({here / "file", "FileOrCreate"}));
  CHECK(mode_of(here / "file") == 0644);
  CHECK_FALSE(check_host_path({here / "x/file", "FileOrCreate"}));
  CHECK(check_host_path({here / "c/d", ""}));
  CHECK(fs::is_directory(here / "c/d"));
  CHECK(check_host_path({here / "file", "Pipe"}).error().message
        == "Pipe is an invalid volume type");
}
