#include "runtime/control/revision_barrier.hpp"

namespace troupe::control {

void revision_barrier::wait_for(const object_key& key, store::revision at) {
  revisions_[at].push_back(key);
}

std::vector<object_key> revision_barrier::applied(store::revision at) {
  std::vector<object_key> out;
  while (!revisions_.empty() && revisions_.begin()->first <= at) {
    auto& keys = revisions_.begin()->second;
    out.insert(out.end(), keys.begin(), keys.end());
    revisions_.erase(revisions_.begin());
  }
  return out;
}

void revision_barrier::wait_for_read(const object_key& key) {
  unread_.push_back(key);
}

bool revision_barrier::start_read() {
  if (read_under_way_ || unread_.empty())
    return false;
  read_under_way_ = true;
  reading_ = std::exchange(unread_, {});
  return true;
}

std::vector<object_key> revision_barrier::end_read() {
  TROUPE_CHECK(read_under_way_, "a read ends once");
  read_under_way_ = false;
  return std::exchange(reading_, {});
}

} // namespace troupe::control
