#include "actors/watch/hub_handle.hpp"

namespace troupe::watch {

namespace {

class open_watch final : public watch_handle {
public:
  open_watch(watch_id id, std::shared_ptr<doorbell> bell)
      : id_(id), bell_(std::move(bell)) {
    // nop
  }

  ~open_watch() override {
    // First the mark, for the actor may meet the request after the departure.
    *left_ = true;
    bell_->leave(id_);
  }

  std::shared_ptr<const std::atomic<bool>> left() const { return left_; }

private:
  watch_id id_;
  std::shared_ptr<doorbell> bell_;
  std::shared_ptr<std::atomic<bool>> left_ =
      std::make_shared<std::atomic<bool>>(false);
};

} // namespace

doorbell::doorbell(std::shared_ptr<actors::door<call>> entrance)
    : entrance_(std::move(entrance)) {
  // nop
}

void doorbell::ring() {
  if (!rung_.exchange(true) && !entrance_->post(wake_call{}))
    rung_ = false;
}

void doorbell::leave(watch_id id) {
  {
    std::lock_guard guard{mutex_};
    left_.push_back(id);
  }
  ring();
}

std::vector<watch_id> doorbell::answer() {
  rung_ = false;
  std::lock_guard guard{mutex_};
  return std::exchange(left_, {});
}

hub_handle::hub_handle(std::shared_ptr<actors::door<call>> entrance,
                       std::shared_ptr<store::store_port> store)
    : entrance_(std::move(entrance)), store_(std::move(store)),
      bell_(std::make_shared<doorbell>(entrance_)) {
  // The batch itself stays where it is: the actor reads the changes from the
  // newest snapshot, however many batches that is.
  subscription_ = store_
                      ->subscribe([bell = bell_](const store::applied_batch&) {
                        bell->ring();
                      })
                      .second;
}

std::unique_ptr<watch_handle>
hub_handle::open(watch_request request, std::shared_ptr<watch_sink> sink) {
  const watch_id id{++last_id_};
  auto handle = std::make_unique<open_watch>(id, bell_);
  // Refused, the sink says so itself.
  entrance_->post(open_call{id, std::move(request), open_sink{std::move(sink)},
                            handle->left()});
  return handle;
}

} // namespace troupe::watch
