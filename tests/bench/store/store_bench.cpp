#include "runtime/store/store_fsm.hpp"
#include "runtime/store/store_image.hpp"

#include <malloc.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>

// Measures the store core alone: memory per key, writes, reads, image. Run by
// hand: store_bench [keys] [value octets].
namespace {

using namespace troupe;
using namespace troupe::store;

double seconds() {
  return std::chrono::duration<double>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

std::size_t heap_octets() {
  auto info = mallinfo2();
  return info.uordblks + info.hblkhd;
}

/// The n-th write: to key n % keys in an order that is not the keys' own.
proposal nth_write(std::uint64_t n, std::uint64_t keys, std::size_t size) {
  char name[80];
  std::snprintf(
      name, sizeof name, "core/configmaps/namespace-%03llu/%016llx",
      static_cast<unsigned long long>(n % 100),
      static_cast<unsigned long long>((n % keys) * 0x9e3779b97f4a7c15));
  proposal_id::value_type id{};
  std::memcpy(id.data(), &n, sizeof n);
  bytes value(size, 'v');
  std::memcpy(value.data(), &n, std::min(size, sizeof n));
  columns c;
  c.uid = "2f1e9d0c-0000-4000-8000-000000000001";
  proposal p;
  p.id = proposal_id{id};
  p.ops = {put{name, make_shared_bytes(std::move(value)), std::move(c)}};
  return p;
}

/// Applies [from, to) in batches of 64 with a published root each.
void write(store_fsm& fsm, std::uint64_t from, std::uint64_t to,
           std::uint64_t keys, std::size_t size) {
  std::shared_ptr<const store_view> root;
  for (auto n = from; n < to; ++n) {
    fsm.apply(nth_write(n, keys, size));
    if (n % 64 == 0)
      root = fsm.snapshot();
  }
}

template <class F>
void report(const char* what, std::uint64_t n, F&& run) {
  auto start = seconds();
  run();
  auto spent = seconds() - start;
  std::printf("%-28s %10.0f /s  (%.2f s)\n", what, double(n) / spent, spent);
}

void report_memory(const char* what, std::size_t before, std::uint64_t keys,
                   const store_fsm& fsm) {
  std::printf("%-28s %10.1f octets per key (bytes_used %.1f)\n", what,
              double(heap_octets() - before) / double(keys),
              double(fsm.bytes_used()) / double(keys));
}

} // namespace

int main(int argc, char** argv) {
  std::uint64_t keys = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1000000;
  std::size_t size = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 256;
  auto before = heap_octets();
  store_fsm fsm;
  report("creations", keys, [&] { write(fsm, 0, keys, keys, size); });
  report_memory("with history", before, keys, fsm);
  report("compaction", keys, [&] { fsm.apply(compact{fsm.applied()}); });
  report_memory("compacted", before, keys, fsm);
  report("updates", keys / 4,
         [&] { write(fsm, keys, keys + keys / 4, keys, size); });
  auto root = fsm.snapshot();
  std::uint64_t seen = 0;
  report("range over all", keys, [&] {
    root->range({}, {}, root->applied(), [&](const key&, const version_ptr& v) {
      seen += v->value->size();
      return true;
    });
  });
  report("range in the past", keys, [&] {
    root->range({}, {}, root->compacted(),
                [&](const key&, const version_ptr& v) {
                  seen += v->value->size();
                  return true;
                });
  });
  report("state hash", keys, [&] { seen += state_hash(*root); });
  std::printf("value octets %zu, checksum %llu\n", size,
              static_cast<unsigned long long>(seen));
}
