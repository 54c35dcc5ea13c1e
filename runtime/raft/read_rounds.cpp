#include "runtime/raft/read_rounds.hpp"

#include "messages/base/check.hpp"

#include <utility>

namespace troupe::raft {

void read_rounds::add(pending_read r) {
  waiting_.push_back(std::move(r));
  ++size_;
}

read_context read_rounds::begin(log_index commit) {
  TROUPE_CHECK(has_waiting(), "a round serves a read");
  TROUPE_CHECK(rounds_.empty() || rounds_.back().index <= commit,
               "later rounds read later states");
  last_ = last_.next();
  rounds_.push_back({last_, commit, std::exchange(waiting_, {})});
  return last_;
}

read_context read_rounds::newest() const {
  return rounds_.empty() ? read_context{} : rounds_.back().context;
}

std::vector<read_rounds::round>
read_rounds::take(const std::function<bool(read_context)>& confirmed) {
  std::vector<round> out;
  while (!rounds_.empty() && confirmed(rounds_.front().context)) {
    TROUPE_CHECK(size_ >= rounds_.front().reads.size(), "reads are counted");
    size_ -= rounds_.front().reads.size();
    out.push_back(std::move(rounds_.front()));
    rounds_.pop_front();
  }
  return out;
}

std::vector<pending_read> read_rounds::drain() {
  std::vector<pending_read> out;
  for (auto& r : rounds_)
    out.insert(out.end(), r.reads.begin(), r.reads.end());
  out.insert(out.end(), waiting_.begin(), waiting_.end());
  TROUPE_CHECK(out.size() == size_, "reads are counted");
  rounds_.clear();
  waiting_.clear();
  size_ = 0;
  return out;
}

} // namespace troupe::raft
