#include "runtime/store/store_fsm.hpp"
#include "runtime/watch/watch_hub.hpp"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>

// Measures the fan-out alone, without sinks: what one change costs with many
// watches of one resource, of distinct names, and of distinct nodes. Run by
// hand: watch_bench [watches] [changes].
namespace {

using namespace troupe;
using namespace troupe::watch;

double seconds() {
  return std::chrono::duration<double>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

store::proposal nth_write(std::uint64_t n, std::uint64_t names) {
  const auto name = "pod-" + std::to_string(n % names);
  store::proposal_id::value_type id{};
  std::memcpy(id.data(), &n, sizeof n);
  store::columns columns;
  columns.labels = {{"app", "web"}};
  columns.fields = {{"metadata.name", name},
                    {"metadata.namespace", "default"},
                    {"spec.nodeName", "node-" + std::to_string(n % names)}};
  store::proposal p;
  p.id = store::proposal_id{id};
  p.ops = {store::put{"core/pods/default/" + name,
                      make_shared_bytes("v" + std::to_string(n)), columns}};
  return p;
}

watch_request from_start(std::vector<meta::field_requirement> fields,
                         std::vector<meta::requirement> labels) {
  watch_request out;
  out.prefix = "core/pods/";
  out.after = store::revision{0};
  out.fields = meta::field_selector{std::move(fields)};
  out.labels = meta::label_selector{std::move(labels)};
  return out;
}

template <class Request>
void measure(const char* what, std::uint64_t watches, std::uint64_t changes,
             std::uint64_t batch, Request&& request) {
  store::store_fsm fsm;
  watch_hub hub{fsm.snapshot(), 1};
  const auto opening = seconds();
  for (std::uint64_t n = 0; n < watches; ++n)
    hub.add(watch_id{n + 1}, request(n), mono_time{});
  const auto opened = seconds() - opening;
  std::uint64_t deliveries = 0;
  double spent = 0;
  for (std::uint64_t n = 0; n < changes;) {
    for (std::uint64_t i = 0; i < batch; ++i)
      fsm.apply(nth_write(n++, watches));
    auto root = fsm.snapshot();
    const auto start = seconds();
    const auto out = hub.advance(std::move(root));
    for (const auto& send : out.sends)
      deliveries += out.batch(send).size();
    spent += seconds() - start;
  }
  std::printf("%-32s batch %3llu  %9.2f us/change  %9.1f heard/change  "
              "(open: %.2f us each)\n",
              what, static_cast<unsigned long long>(batch),
              spent * 1e6 / double(changes),
              double(deliveries) / double(changes),
              opened * 1e6 / double(watches));
}

} // namespace

int main(int argc, char** argv) {
  const auto watches = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 10000;
  const auto changes = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 6400;
  for (std::uint64_t batch : {1, 64}) {
    measure("one resource", watches, changes, batch,
            [](std::uint64_t) { return from_start({}, {}); });
    measure("distinct names", watches, changes, batch, [](std::uint64_t n) {
      return from_start({{"metadata.name", "pod-" + std::to_string(n)}}, {});
    });
    measure("distinct nodes", watches, changes, batch, [](std::uint64_t n) {
      return from_start({{"spec.nodeName", "node-" + std::to_string(n)}}, {});
    });
    measure("distinct label selectors", watches, changes / 64 * 4, batch,
            [](std::uint64_t n) {
              return from_start({}, {{"app",
                                      meta::requirement_op::in,
                                      {"web-" + std::to_string(n)}}});
            });
  }
}
