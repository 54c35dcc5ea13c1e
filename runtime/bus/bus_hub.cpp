#include "runtime/bus/bus_hub.hpp"

#include "messages/base/overload.hpp"
#include "runtime/base/clock.hpp"

#include <algorithm>
#include <utility>

namespace troupe::bus {

namespace {

constexpr std::size_t dispatcher_threads = 2;
constexpr const char* nobody_text = "nobody on the bus serves the address";
constexpr const char* away_text = "the bus is away";

/// A stream as its holder sees it.
class stream_face final : public bus_stream {
public:
  stream_face(std::shared_ptr<bus_hub> hub, stream_id id)
      : hub_{std::move(hub)}, id_{id} {}

  ~stream_face() override { hub_->reset(id_, "its holder is gone"); }

  bool send(bytes message) override {
    return hub_->send(id_, std::move(message));
  }

  std::size_t queued() const override { return hub_->queued(id_); }

  void consumed(std::size_t octets) override { hub_->consumed(id_, octets); }

  void half_close() override { hub_->half_close(id_); }

  void reset(std::string why) override { hub_->reset(id_, std::move(why)); }

private:
  std::shared_ptr<bus_hub> hub_;
  stream_id id_;
};

void tell(bus_stream_handler& handler, stream_event& event) {
  std::visit(
      overload{
          [&](stream_message& x) { handler.on_message(std::move(x.data)); },
          [&](stream_drained&) { handler.on_drained(); },
          [&](stream_half_closed&) { handler.on_half_close(); },
          [&](stream_ended& x) { handler.on_end(x.how, std::move(x.why)); },
      },
      event);
}

} // namespace

bus_hub::bus_hub(messenger_config config, std::unique_ptr<bus_port> port)
    : config_{std::move(config)}, port_{std::move(port)},
      core_{config_.cluster_uid, config_.self, config_.incarnation},
      dispatcher_{dispatcher_threads}, control_{*port_,
                                                [this](std::uint64_t id) {
                                                  on_nobody(id);
                                                }},
      bulk_{*port_, [this](std::uint64_t id) { on_nobody(id); }} {
  // nop
}

bus_hub::~bus_hub() {
  stop();
}

status_result bus_hub::start() {
  auto started = port_->start(*this);
  if (started)
    timer_ = std::thread{[this] { run_timer(); }};
  return started;
}

void bus_hub::stop() {
  {
    std::lock_guard lock{mutex_};
    if (std::exchange(stopping_, true))
      return;
    bus_effects effects;
    core_.end_all("the process leaves the bus", effects);
    carry_out(std::move(effects));
  }
  wake_.notify_all();
  if (timer_.joinable())
    timer_.join();
  control_.stop();
  bulk_.stop();
  port_->stop();
  dispatcher_.stop();
}

// -- what others ask of it ----------------------------------------------------

/// Runs `use(core, now, effects)` under the lock, carries its effects out, and
/// wakes the timer if it would sleep too long.
template <class F>
auto bus_hub::locked(F&& use) {
  std::lock_guard lock{mutex_};
  bus_effects effects;
  auto out = use(core_, mono_now(), effects);
  carry_out(std::move(effects));
  if (core_.next_wake() < planned_wake_)
    wake_.notify_all();
  return out;
}

void bus_hub::ask(const std::string& address, message_type type, bytes payload,
                  mono_time deadline,
                  std::function<void(result<bus_answer>)> done) {
  const bool away = !port_->connected();
  locked([&](auto& core, auto now, auto& effects) {
    if (stopping_ || away) {
      dispatcher_.post(nullptr, [done = std::move(done)] {
        done(error{errc::unavailable, away_text});
      });
      return unit{};
    }
    const auto id =
        core.ask(address, type, std::move(payload), deadline, now, effects);
    asks_.emplace(id, std::move(done));
    return unit{};
  });
}

std::shared_ptr<bus_stream>
bus_hub::open(const std::string& address, message_type type, bytes payload,
              std::shared_ptr<bus_stream_handler> handler) {
  const bool away = !port_->connected();
  const auto id = locked([&](auto& core, auto now, auto& effects) {
    auto holder = std::make_shared<stream_holder>();
    if (stopping_ || away) {
      dispatcher_.post(nullptr, [handler = std::move(handler)] {
        handler->on_end(stream_end::refused, away_text);
      });
      return stream_id{0};
    }
    holder->handler = std::move(handler);
    const auto made =
        core.open(address, type, std::move(payload), now, effects);
    holders_.emplace(made, std::move(holder));
    return made;
  });
  return std::make_shared<stream_face>(shared_from_this(), id);
}

std::shared_ptr<service_entry>
bus_hub::serve(const std::string& address,
               std::shared_ptr<bus_service> service) {
  return services_.add(address, std::move(service));
}

void bus_hub::withdraw(const std::string& address, service_entry& entry) {
  services_.remove(address);
  entry.close();
}

bool bus_hub::connected() const {
  return port_->connected();
}

bool bus_hub::send(stream_id id, bytes message) {
  return locked([&](auto& core, auto now, auto& effects) {
    return core.send(id, std::move(message), now, effects);
  });
}

std::size_t bus_hub::queued(stream_id id) {
  std::lock_guard lock{mutex_};
  return core_.queued(id);
}

void bus_hub::consumed(stream_id id, std::size_t octets) {
  locked([&](auto& core, auto now, auto& effects) {
    core.consumed(id, octets, now, effects);
    return unit{};
  });
}

void bus_hub::half_close(stream_id id) {
  locked([&](auto& core, auto now, auto& effects) {
    core.half_close(id, now, effects);
    return unit{};
  });
}

void bus_hub::reset(stream_id id, std::string why) {
  locked([&](auto& core, auto, auto& effects) {
    core.reset(id, std::move(why), effects);
    return unit{};
  });
}

// -- what the bus says --------------------------------------------------------

void bus_hub::on_message(std::string_view subject, bytes_view octets) {
  locked([&](auto& core, auto now, auto& effects) {
    if (!stopping_)
      core.on_message(subject, octets, now, effects);
    return unit{};
  });
}

void bus_hub::on_nobody(std::uint64_t id) {
  const bool connected = port_->connected();
  locked([&](auto& core, auto now, auto& effects) {
    if (connected)
      core.nobody(id, nobody_text, now, effects);
    else
      core.unsent(id, away_text, now, effects);
    return unit{};
  });
}

void bus_hub::run_timer() {
  std::unique_lock lock{mutex_};
  while (!stopping_) {
    const auto now = mono_now();
    bus_effects effects;
    core_.tick(now, effects);
    carry_out(std::move(effects));
    planned_wake_ = core_.next_wake();
    if (planned_wake_ == mono_time::max())
      wake_.wait(lock);
    else if (planned_wake_ > now)
      wake_.wait_for(lock, planned_wake_ - now);
  }
}

// -- effects, under the lock --------------------------------------------------

void bus_hub::carry_out(bus_effects effects) {
  for (auto& effect : effects)
    std::visit([this](auto& one) { carry_out(one); }, effect);
}

void bus_hub::carry_out(publish& effect) {
  auto& out = effect.lane == lane::control ? control_ : bulk_;
  out.put(std::move(effect));
}

void bus_hub::carry_out(ask_ended& effect) {
  // An ask that ends while it is being made is not in the map yet.
  dispatcher_.post(nullptr, [self = shared_from_this(), id = effect.id,
                             answer = std::move(effect.answer)]() mutable {
    std::function<void(result<bus_answer>)> done;
    {
      std::lock_guard lock{self->mutex_};
      if (auto found = self->asks_.extract(id))
        done = std::move(found.mapped());
    }
    if (done)
      done(std::move(answer));
  });
}

void bus_hub::carry_out(request_came& effect) {
  if (!load_.enter(effect.from.to, effect.request.payload.size())) {
    bus_effects refusal;
    core_.answer(effect.from, {{}, "the receiver is too busy"}, refusal);
    return carry_out(std::move(refusal));
  }
  dispatcher_.post(
      nullptr, [self = shared_from_this(), one = std::move(effect)]() mutable {
        self->run_request(std::move(one));
      });
}

void bus_hub::carry_out(stream_came& effect) {
  auto holder = std::make_shared<stream_holder>();
  holders_.emplace(effect.id, holder);
  dispatcher_.post(holder->order, [self = shared_from_this(), holder,
                                   one = std::move(effect)]() mutable {
    self->run_open(one.id, std::move(one.request), holder);
  });
}

void bus_hub::carry_out(stream_heard& effect) {
  // Streams that end while they are opened have no holder yet: by the time the
  // task runs they have.
  const auto found = holders_.find(effect.id);
  auto holder = found == holders_.end() ? nullptr : found->second;
  const bool last = std::holds_alternative<stream_ended>(effect.event);
  auto order = holder ? holder->order : nullptr;
  if (holder && last)
    holders_.erase(found);
  dispatcher_.post(order,
                   [self = shared_from_this(), holder, last, id = effect.id,
                    event = std::move(effect.event)]() mutable {
                     if (!holder) {
                       std::lock_guard lock{self->mutex_};
                       if (auto late = self->holders_.extract(id))
                         holder = std::move(late.mapped());
                     }
                     if (!holder || !holder->handler)
                       return;
                     auto handler = holder->handler;
                     if (last)
                       holder->handler = nullptr;
                     tell(*handler, event);
                   });
}

// -- tasks, without it --------------------------------------------------------

std::shared_ptr<service_entry>
bus_hub::service_at(const std::string& address) const {
  const auto to = process_of(address);
  if (!to || to->name != any_name)
    return services_.find(address);
  // "/server/any/x" asks for the same as "/server/<self>/x".
  const auto any = "/" + to->role + "/" + to->name;
  return services_.find("/" + config_.self.role + "/" + config_.self.name
                        + address.substr(any.size()));
}

void bus_hub::run_request(request_came effect) {
  auto self = shared_from_this();
  reply<bus_answer> answer{
      [self, from = effect.from, octets = effect.request.payload.size()](
          bus_answer x) { self->give_answer(from, octets, std::move(x)); },
      bus_answer{}};
  if (effect.request.deadline <= mono_now())
    return;
  auto service = service_at(effect.request.address);
  const bool served = service && service->enter([&](bus_service& one) {
    one.on_request(std::move(effect.request), answer);
  });
  if (!served)
    answer({{}, nobody_text});
}

void bus_hub::give_answer(const return_address& to, std::size_t request_octets,
                          bus_answer answer) {
  locked([&](auto& core, auto, auto& effects) {
    load_.leave(to.to, request_octets);
    if (!stopping_)
      core.answer(to, std::move(answer), effects);
    return unit{};
  });
}

void bus_hub::run_open(stream_id id, bus_request request,
                       const holder_ptr& holder) {
  result<std::shared_ptr<bus_stream_handler>> taken =
      error{errc::not_found, nobody_text};
  auto face = std::make_shared<stream_face>(shared_from_this(), id);
  if (auto service = service_at(request.address))
    service->enter([&](bus_service& one) {
      taken = one.on_open(std::move(request), face);
    });
  if (taken) {
    holder->handler = std::move(*taken);
    TROUPE_CHECK(holder->handler, "a taken stream has a handler");
  }
  locked([&](auto& core, auto now, auto& effects) {
    if (taken)
      core.accept(id, now, effects);
    else
      core.refuse(id, taken.error().message, effects);
    return unit{};
  });
}

} // namespace troupe::bus
