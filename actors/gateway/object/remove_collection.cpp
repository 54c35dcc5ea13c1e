#include "actors/gateway/object/remove_collection.hpp"

#include "actors/gateway/object/refusal.hpp"

#include <atomic>
#include <utility>

namespace troupe::gateway {

namespace {

class removals : public std::enable_shared_from_this<removals> {
public:
  removals(object_writer writer, object_call call, delete_call options,
           std::vector<std::string> names, object_done done)
      : writer_{std::move(writer)}, call_{std::move(call)},
        options_{std::move(options)}, names_{std::move(names)}, done_{std::move(
                                                                    done)} {}

  /// An answer may come from within `remove_one`, or on another thread before
  /// it returned: then the loop that runs goes on, so that answers do not nest.
  void next() {
    if (due_.fetch_add(1) != 0)
      return;
    do
      remove_one();
    while (due_.fetch_sub(1) != 1);
  }

private:
  void remove_one() {
    if (at_ == names_.size())
      return finish(accept(200, nullptr, store::revision{}));
    call_.name = names_[at_++];
    writer_.remove(call_, options_, [self = shared_from_this()](auto answer) {
      self->heard(std::move(answer));
    });
  }

  void heard(object_answer answer) {
    if (!answer.status.success && answer.status.code != 404)
      return finish(std::move(answer));
    next();
  }

  void finish(object_answer answer) { std::exchange(done_, {})(answer); }

  object_writer writer_;
  object_call call_;
  delete_call options_;
  std::vector<std::string> names_;
  object_done done_;
  std::size_t at_ = 0;
  std::atomic<int> due_ = 0; ///< calls of `remove_one` to make
};

} // namespace

void run_removals(object_writer writer, object_call call, delete_call options,
                  std::vector<std::string> names, object_done done) {
  std::make_shared<removals>(std::move(writer), std::move(call),
                             std::move(options), std::move(names),
                             std::move(done))
      ->next();
}

} // namespace troupe::gateway
