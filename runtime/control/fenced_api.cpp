#include "runtime/control/fenced_api.hpp"

namespace troupe::control {

fenced_api::fenced_api(std::shared_ptr<api_port> inner, api::fence fence,
                       std::function<void(std::uint64_t)> refused)
    : inner_(std::move(inner)), fence_(std::move(fence)),
      refused_(std::move(refused)) {
  // nop
}

void fenced_api::call(api::request request, mono_time deadline,
                      std::function<void(api::response)> done) {
  if (!open_) {
    api::response no;
    no.status = api::fenced_off(fence_.name, fence_.epoch, fence_.epoch);
    no.status.message =
        "the lease \"" + fence_.name + "\" is not held any more";
    no.fenced_off = fence_.epoch;
    return done(std::move(no));
  }
  request.fence = fence_;
  inner_->call(std::move(request), deadline,
               [self = shared_from_this(),
                done = std::move(done)](api::response answer) {
                 if (answer.fenced_off)
                   self->fall(*answer.fenced_off);
                 done(std::move(answer));
               });
}

void fenced_api::fall(std::uint64_t standing) {
  open_ = false;
  if (!fallen_.exchange(true))
    refused_(standing);
}

} // namespace troupe::control
