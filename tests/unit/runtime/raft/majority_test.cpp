#include "runtime/raft/quorum/majority.hpp"

#include <catch2/catch.hpp>

#include <map>

namespace troupe::raft {

namespace {

std::vector<member_id> names(std::size_t n) {
  std::vector<member_id> out;
  for (std::size_t i = 0; i < n; ++i)
    out.push_back(member_id{std::string(1, static_cast<char>('a' + i))});
  return out;
}

} // namespace

TEST_CASE("a majority decides what is committed", "[raft]") {
  struct row {
    std::vector<std::uint64_t> reached;
    std::uint64_t want;
  };
  const row rows[] = {
      {{7}, 7},          {{7, 3}, 3},          {{7, 3, 5}, 5},
      {{0, 0, 9}, 0},    {{1, 2, 3, 4}, 2},    {{5, 1, 4, 2, 3}, 3},
      {{9, 9, 9, 0}, 9}, {{9, 9, 0, 0, 0}, 0},
  };
  for (const auto& r : rows) {
    const majority_quorum q{names(r.reached.size())};
    const auto got = q.committed([&](const member_id& m) {
      return log_index{r.reached[m.value()[0] - 'a']};
    });
    CHECK(got.value() == r.want);
  }
}

TEST_CASE("a majority decides an election", "[raft]") {
  struct row {
    const char* votes; ///< one of y n . per voter
    vote_outcome want;
  };
  const row rows[] = {
      {"y", vote_outcome::won},        {"n", vote_outcome::lost},
      {".", vote_outcome::pending},    {"y.", vote_outcome::pending},
      {"yn", vote_outcome::lost},      {"yy.", vote_outcome::won},
      {"yn.", vote_outcome::pending},  {"nn.", vote_outcome::lost},
      {"yyn.", vote_outcome::pending}, {"yynn", vote_outcome::lost},
      {"yyy..", vote_outcome::won},    {"nn...", vote_outcome::pending},
  };
  for (const auto& r : rows) {
    const std::string votes = r.votes;
    const majority_quorum q{names(votes.size())};
    const auto got = q.vote([&](const member_id& m) -> std::optional<bool> {
      const auto v = votes[m.value()[0] - 'a'];
      return v == '.' ? std::nullopt : std::optional{v == 'y'};
    });
    INFO(votes);
    CHECK(got == r.want);
  }
}

} // namespace troupe::raft
