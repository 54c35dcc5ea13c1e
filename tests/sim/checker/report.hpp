#pragma once

#include <string>
#include <utility>
#include <vector>

namespace troupe::sim {

/// A guarantee that did not hold.
struct violation {
  std::string checker;
  std::string what;
};

/// Where checkers say what they found.
class report {
public:
  void fail(std::string checker, std::string what) {
    // The first few tell; the rest follows from them.
    if (found_.size() < 20)
      found_.push_back({std::move(checker), std::move(what)});
  }

  bool clean() const { return found_.empty(); }
  const std::vector<violation>& found() const { return found_; }

private:
  std::vector<violation> found_;
};

} // namespace troupe::sim
