#pragma once

#include "messages/protocol/api/api_call.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace troupe::agent {

using object_ptr = std::shared_ptr<const codec::document>;

/// What a watch brought about one object.
struct object_change {
  std::string uid;
  object_ptr object; ///< as it is; when gone, as it was
  bool gone = false;
};

/// The objects of one watch by uid, through resumed and new watches: an object
/// that is missing from a new beginning is gone. Pure.
class watched_table {
public:
  /// Where the next watch resumes; none: it begins anew.
  std::optional<std::uint64_t> resume_after() const { return after_; }

  /// The next watch begins anew, and is complete when that was received.
  void begin_anew();

  /// The watch ended with this text.
  void ended(const std::string& why);

  std::vector<object_change> apply(const api_call::watch_batch& batch);

  /// A beginning was received whole.
  bool complete() const { return complete_; }

  const std::map<std::string, object_ptr>& objects() const { return objects_; }

private:
  void take(const api_call::watch_event& event,
            std::vector<object_change>& out);
  void sweep(std::vector<object_change>& out);

  std::map<std::string, object_ptr> objects_;
  std::set<std::string> seen_; ///< in this beginning
  std::optional<std::uint64_t> after_;
  bool beginning_ = true;
  bool complete_ = false;
};

} // namespace troupe::agent
