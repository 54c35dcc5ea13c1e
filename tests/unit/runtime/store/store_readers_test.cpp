#include "runtime/store/store_fsm.hpp"
#include "runtime/store/store_image.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <mutex>
#include <thread>

using namespace troupe;
using namespace troupe::store;

namespace {

/// Hands the newest root from the writer to the readers.
class mailbox {
public:
  void put(std::shared_ptr<const store_view> root) {
    std::lock_guard lock{mutex_};
    root_ = std::move(root);
  }

  std::shared_ptr<const store_view> get() {
    std::lock_guard lock{mutex_};
    return root_;
  }

private:
  std::mutex mutex_;
  std::shared_ptr<const store_view> root_;
};

proposal nth_write(std::uint64_t n) {
  proposal_id::value_type id{};
  for (std::size_t i = 0; i < 8; ++i)
    id[i] = static_cast<std::uint8_t>(n >> (8 * i));
  proposal p;
  p.id = proposal_id{id};
  // Two keys always written together: a reader must see both or neither.
  for (auto* side : {"left/", "right/"}) {
    auto key = side + std::to_string(n * 7 % 97);
    if (n % 5 == 0)
      p.ops.push_back(erase{key});
    else
      p.ops.push_back(put{key, make_shared_bytes(std::to_string(n)), {}});
  }
  return p;
}

/// Whether both halves of the root hold the same keys and values.
bool halves_agree(const store_view& root, revision at) {
  std::vector<std::string> halves[2];
  for (int i = 0; i < 2; ++i) {
    std::string_view prefix = i == 0 ? "left/" : "right/";
    root.range(prefix, prefix_end(prefix), at,
               [&](const key& k, const version_ptr& v) {
                 halves[i].push_back(k.substr(prefix.size()) + *v->value);
                 return true;
               });
  }
  return halves[0] == halves[1];
}

} // namespace

TEST_CASE("readers of published roots never see a change", "[store]") {
  store_fsm fsm;
  mailbox newest;
  newest.put(fsm.snapshot());
  std::atomic<bool> done = false;
  std::atomic<int> torn = 0;
  std::atomic<int> looks = 0;
  std::vector<std::thread> readers;
  for (int i = 0; i < 2; ++i)
    readers.emplace_back([&] {
      while (!done) {
        auto root = newest.get();
        auto hash = state_hash(*root);
        torn += !halves_agree(*root, root->applied());
        torn += state_hash(*root) != hash;
        ++looks;
      }
    });
  // Until readers have seen some of it, however late they begin.
  for (std::uint64_t n = 1; n <= 3000 || looks < 100; ++n) {
    fsm.apply(nth_write(n));
    if (n % 3 == 0)
      newest.put(fsm.snapshot());
    if (n % 100 == 0)
      fsm.apply(compact{revision{fsm.applied().value() - 50}});
  }
  done = true;
  for (auto& reader : readers)
    reader.join();
  CHECK(torn == 0);
  CHECK(halves_agree(*fsm.snapshot(), fsm.applied()));
}
