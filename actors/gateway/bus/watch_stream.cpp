#include "actors/gateway/bus/watch_stream.hpp"

#include "actors/gateway/object/metadata.hpp"
#include "actors/gateway/object/storage.hpp"

#include <string>
#include <utility>

namespace troupe::gateway {

namespace {

api_call::event_type type_of(watch::delivery_type type) {
  switch (type) {
    case watch::delivery_type::added:
      return api_call::event_type::added;
    case watch::delivery_type::modified:
      return api_call::event_type::modified;
    case watch::delivery_type::deleted:
      return api_call::event_type::deleted;
    case watch::delivery_type::bookmark:
      break;
  }
  return api_call::event_type::bookmark;
}

/// None when the stored value cannot be read.
std::optional<api_call::watch_event>
to_event(const watch::delivery& one, const schema::resource_desc& resource) {
  api_call::watch_event out{type_of(one.type), one.at.value(),
                            one.initial_events_end, nullptr};
  if (one.type == watch::delivery_type::bookmark)
    return out;
  auto object = decode_version(*one.object, resource);
  if (!object)
    return std::nullopt;
  set_meta_text(*object, object_meta::resource_version,
                std::to_string(one.at.value()));
  out.object = std::make_shared<const codec::document>(std::move(*object));
  return out;
}

std::size_t octets_of(const watch::delivery& one) {
  return one.object == nullptr ? 0 : one.object->value->size();
}

std::string text_of(watch::watch_end why) {
  switch (why) {
    case watch::watch_end::compacted:
      return api_call::expired;
    case watch::watch_end::overflow:
      return "the watcher does not keep up";
    case watch::watch_end::timeout:
    case watch::watch_end::closed:
      return "the watch is over";
    case watch::watch_end::unavailable:
      break;
  }
  return "no watch can be served now";
}

} // namespace

watch_stream::watch_stream(const schema::resource_desc& resource,
                           std::shared_ptr<bus_stream> stream,
                           std::shared_ptr<const void> ticket)
    : resource_{resource}, stream_{std::move(stream)} {
  place_.with([&](place& now) { now.ticket = std::move(ticket); });
}

void watch_stream::hold(std::unique_ptr<watch::watch_handle> handle) {
  place_.with([&](place& now) {
    if (!now.ended)
      now.handle.swap(handle);
  });
  // A handle that came too late ends its watch here, outside the lock.
}

bool watch_stream::deliver(std::span<const watch::delivery> batch) {
  if (stream_->queued() > watch_queue_max + beginning_)
    return false;
  if (!send(batch))
    return false;
  if (!std::exchange(begun_, true))
    beginning_ = stream_->queued();
  return true;
}

bool watch_stream::send(std::span<const watch::delivery> batch) {
  api_call::watch_batch events;
  std::size_t octets = 0;
  for (auto& one : batch) {
    auto event = to_event(one, resource_);
    if (!event)
      return false;
    events.push_back(std::move(*event));
    octets += octets_of(one);
    if (octets < watch_batch_octets && &one != &batch.back())
      continue;
    if (!stream_->send(api_call::encode(std::exchange(events, {}))))
      return false;
    octets = 0;
  }
  return true;
}

void watch_stream::end(watch::watch_end why) {
  stream_->reset(text_of(why));
}

void watch_stream::on_message(bytes message) {
  // A watcher has nothing to say; it may not fill the window either.
  stream_->consumed(message.size());
}

void watch_stream::on_drained() {
  beginning_ = 0;
}

void watch_stream::on_end(stream_end, std::string) {
  place last;
  place_.with([&](place& now) {
    last = std::exchange(now, {});
    now.ended = true;
  });
}

} // namespace troupe::gateway
