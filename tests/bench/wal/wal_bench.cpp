/// Entries per second and sync latency of the log; see README.md.

#include "runtime/disk/posix_disk.hpp"
#include "runtime/wal/log.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>

using namespace troupe;

namespace {

using steady = std::chrono::steady_clock;

constexpr std::size_t payload_octets = 512;

struct figures {
  std::uint64_t entries = 0;
  std::vector<double> sync_us;
};

bool run(wal::write_ahead_log& log, std::uint64_t& next, std::uint64_t batch,
         double seconds, figures& out) {
  const auto payload = make_shared_bytes(bytes(payload_octets, 'p'));
  const auto start = steady::now();
  while (std::chrono::duration<double>(steady::now() - start).count()
         < seconds) {
    wal::entries_record record{raft::group_id{1}, {}};
    for (std::uint64_t i = 0; i < batch; ++i)
      record.entries.push_back({{raft::log_index{next++}, raft::term{1}},
                                raft::entry_kind::command,
                                payload});
    const auto before = steady::now();
    if (!log.append({std::move(record)}) || !log.sync())
      return false;
    out.sync_us.push_back(
        std::chrono::duration<double, std::micro>(steady::now() - before)
            .count());
    out.entries += batch;
  }
  return true;
}

int fail(const error& cause) {
  std::fprintf(stderr, "wal_bench: %s\n", cause.message.c_str());
  return 1;
}

} // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: wal_bench DIRECTORY [SECONDS]\n");
    return 2;
  }
  const double seconds = argc > 2 ? std::atof(argv[2]) : 2;
  auto disk = open_posix_disk(argv[1]);
  if (!disk)
    return fail(disk.error());
  wal::config settings;
  settings.self = {"bench", raft::member_id{"b1"}};
  auto opened = wal::write_ahead_log::open(**disk, settings);
  if (!opened)
    return fail(opened.error());
  if (!opened->found.groups.empty())
    return fail({errc::already_exists, "the directory holds a log"});
  std::uint64_t next = 1;
  std::printf("%8s %12s %10s %10s\n", "batch", "entries/s", "p50 us", "p99 us");
  for (std::uint64_t batch : {1, 8, 32, 128, 512}) {
    figures out;
    if (!run(*opened->log, next, batch, seconds, out))
      return fail({errc::io_error, "the log failed"});
    std::sort(out.sync_us.begin(), out.sync_us.end());
    const auto at = [&](double part) {
      return out.sync_us[static_cast<std::size_t>(
          part * static_cast<double>(out.sync_us.size() - 1))];
    };
    std::printf("%8llu %12.0f %10.0f %10.0f\n",
                static_cast<unsigned long long>(batch),
                static_cast<double>(out.entries) / seconds, at(0.5), at(0.99));
  }
  return 0;
}
