#include "actors/scheduler/scheduler_core.hpp"

#include <algorithm>

namespace troupe::scheduler {

namespace {

constexpr std::string_view pods_prefix = "core/pods/";
constexpr std::string_view nodes_prefix = "core/nodes/";
constexpr std::string_view namespaces_prefix = "core/namespaces/";

/// Names the first read among what waits for reads; no uid is empty.
const std::string first_read;

/// Before something that went wrong is tried again.
constexpr duration pause = std::chrono::seconds{1};

constexpr int not_found = 404;
constexpr int conflict = 409;

bool is_unknown(const api::status& status) {
  return status.code == 503 || status.code == 504;
}

std::string bind_error(const std::string& why) {
  return "running Bind plugin \"DefaultBinder\": " + why;
}

control::informer_config what_to_watch() {
  return {scheduler_core::prefixes(), false};
}

} // namespace

scheduler_core::scheduler_core(std::string instance, std::uint64_t seed)
    : random_(seed), cache_(what_to_watch()), events_(std::move(instance)) {
  barrier_.wait_for_read(first_read);
}

std::vector<std::string> scheduler_core::prefixes() {
  std::vector<std::string> out{std::string{pods_prefix},
                               std::string{nodes_prefix},
                               std::string{namespaces_prefix}};
  out.insert(out.end(), related_pods::prefixes().begin(),
             related_pods::prefixes().end());
  return out;
}

control::loop_effects
scheduler_core::step(const moment& now,
                     std::shared_ptr<const store::store_snapshot> view,
                     std::vector<control::loop_input> inputs) {
  now_ = now;
  look(std::move(view));
  for (auto& input : inputs)
    std::visit([this](auto& what) { take(what); }, input);
  expire();
  queue_.advance(now_.mono);
  for (std::size_t i = 0; ready_ && i < cycles_max; ++i) {
    if (calls_.size() - writes_ >= binds_max)
      break;
    const auto pod = queue_.pop();
    if (pod == nullptr)
      break;
    cycle(pod);
  }
  say_again();
  for (auto& request : events_.advance(now_.mono))
    send({call_kind::event, {}, {}, request}, request);
  if (read_again_ && *read_again_ <= now_.mono)
    read_again_.reset();
  if (!read_again_)
    out_.read = barrier_.start_read();
  wake_at(read_again_);
  wake_at(queue_.next_moment());
  wake_at(events_.next_moment());
  if (!unsaid_.empty())
    wake_at(unsaid_.begin()->first);
  for (const auto& [uid, mine] : assumed_)
    wake_at(mine.expires);
  if (ready_ && queue_.ready() && calls_.size() - writes_ < binds_max)
    wake_at(now_.mono);
  return std::exchange(out_, {});
}

bool scheduler_core::quiet() const {
  return ready_ && !queue_.ready() && calls_.empty() && assumed_.empty()
         && unsaid_.empty();
}

void scheduler_core::wake_at(std::optional<mono_time> when) {
  if (when && (!out_.wake_at || *when < *out_.wake_at))
    out_.wake_at = when;
}

void scheduler_core::look(std::shared_ptr<const store::store_snapshot> view) {
  cache_.advance(std::move(view),
                 [this](const control::object_change& one) { change(one); });
}

void scheduler_core::change(const control::object_change& one) {
  if (one.key.starts_with(pods_prefix))
    change_pod(one);
  else if (one.key.starts_with(nodes_prefix))
    change_node(one);
  else if (one.key.starts_with(namespaces_prefix))
    change_namespace(one);
  else
    related_.change(one);
}

void scheduler_core::change_namespace(const control::object_change& one) {
  const std::string name{control::parse_key(one.key)->name};
  label_set labels;
  if (one.now != nullptr)
    for (const auto& [key, value] : one.now->columns->labels)
      labels.push_back({key, value});
  if (labels == labels_in(namespaces_, name))
    return;
  namespaces_.insert_or_assign(name, std::move(labels));
  if (one.now == nullptr)
    namespaces_.erase(name);
  // Terms may select namespaces by these labels.
  views_.clear();
}

void scheduler_core::change_node(const control::object_change& one) {
  const std::string name{control::parse_key(one.key)->name};
  const auto at = table_.find(name);
  const auto before = at ? table_.node_ptr(*at) : nullptr;
  cluster_change what;
  what.node_before = before.get();
  if (one.now == nullptr) {
    table_.remove_node(name);
  } else {
    const auto doc = control::decode_object(one.key, *one.now);
    if (!doc)
      return;
    auto now = read_node(*doc);
    // Most changes are heartbeats.
    if (before != nullptr && *before == now)
      return;
    table_.put_node(std::move(now));
    what.node_now = &table_.node(*table_.find(name));
  }
  if (what.about_node())
    queue_.changed(what, namespaces_, now_.mono);
}

void scheduler_core::change_pod(const control::object_change& one) {
  pod_ptr now;
  if (one.now != nullptr)
    if (const auto doc = control::decode_object(one.key, *one.now))
      now = std::make_shared<const pod_info>(
          read_pod(one.key, *doc, one.now->modified, classes_));
  pod_ptr before;
  if (const auto known = pods_.find(one.key); known != pods_.end())
    before = known->second;
  if (before != nullptr && (now == nullptr || now->uid != before->uid)) {
    leave(*before);
    pods_.erase(one.key);
    before = nullptr;
  }
  if (now == nullptr)
    return;
  pods_.insert_or_assign(one.key, now);
  arrive(now, before.get());
}

void scheduler_core::leave(const pod_info& before) {
  queue_.remove(before.uid);
  failures_.erase(before.uid);
  assumed_.erase(before.uid);
  if (!table_.has_pod(before.uid))
    return;
  table_.remove_pod(before.uid);
  auto gone = static_cast<changed_pod>(before);
  gone.assigned = true;
  cluster_change what;
  what.pod_before = &gone;
  queue_.changed(what, namespaces_, now_.mono);
}

void scheduler_core::arrive(const pod_ptr& now, const pod_info* before) {
  if (now->finished)
    return leave(*now);
  if (now->assigned)
    return settle(now, before);
  if (now->ours)
    queue_.put(now, now_.mono, namespaces_);
  else
    queue_.remove(now->uid);
}

/// The view shows the pod on a node.
void scheduler_core::settle(const pod_ptr& now, const pod_info* before) {
  const bool was = before != nullptr && before->assigned && !before->finished;
  if (was && before->what == now->what && before->deleting == now->deleting)
    return;
  queue_.remove(now->uid);
  failures_.erase(now->uid);
  const auto mine = assumed_.extract(now->uid);
  if (!mine.empty() && mine.mapped().unknown)
    tell_scheduled(*mine.mapped().pod, now->node);
  table_.put_pod(now->node,
                 {now->uid, now->what, now->priority, now->deleting});
  cluster_change what;
  what.pod_before = was ? before : nullptr;
  what.pod_now = now.get();
  queue_.changed(what, namespaces_, now_.mono);
}

void scheduler_core::cycle(const pod_ptr& pod) {
  ++cycles_;
  if (pod->deleting) {
    tell(*pod, true, "FailedScheduling", "Scheduling",
         "skip schedule deleting pod: " + pod->what->ns + "/" + pod->name);
    return queue_.done(pod->uid);
  }
  auto& view = view_for(pod->what);
  view.refresh(table_, namespaces_);
  const auto found = place(view, table_, namespaces_, random_);
  if (found.node)
    return assume(pod, *found.node);
  if (found.why.nodes == 0)
    queue_.failed(pod->uid, now_.mono);
  else
    queue_.rejected(pod->uid, found.why.rejected_by, now_.mono);
  fail(*pod, {"Unschedulable",
              to_text(found.why, table_, pod->priority, pod->never_preempts)});
}

class_view& scheduler_core::view_for(const pod_class_ptr& what) {
  const auto relate = [&]() -> std::optional<meta::label_selector> {
    if (what->has_constraints)
      return std::nullopt;
    return related_.of(*what, cache_.at(now_.wall));
  };
  auto at = views_.find(what->id);
  if (at != views_.end() && at->second.epoch != related_.epoch()) {
    at->second.epoch = related_.epoch();
    if (relate() != at->second.view.related()) {
      views_.erase(at);
      at = views_.end();
    }
  }
  if (at == views_.end()) {
    if (views_.size() >= views_max)
      views_.erase(std::min_element(views_.begin(), views_.end(),
                                    [](const auto& a, const auto& b) {
                                      return a.second.used < b.second.used;
                                    }));
    at = views_
             .emplace(what->id, kept_view{class_view{what, relate()},
                                          related_.epoch(), cycles_})
             .first;
  }
  at->second.used = cycles_;
  return at->second.view;
}

void scheduler_core::assume(const pod_ptr& pod, row node) {
  const auto name = table_.node(node).name;
  table_.put_pod(name, {pod->uid, pod->what, pod->priority, pod->deleting});
  assumed_[pod->uid] = {pod, now_.mono + assumption_max, false, {}};
  send({call_kind::bind, pod, name, {}}, bind_request(*pod, name));
}

void scheduler_core::take(call_answered& input) {
  const auto found = calls_.extract(input.ticket);
  // What came too late is settled otherwise.
  if (found.empty())
    return;
  auto& mine = found.mapped();
  const auto& status = input.response.status;
  switch (mine.kind) {
    case call_kind::bind:
      return take_bind(mine, input.response);
    case call_kind::status:
      --writes_;
      if (status.code == conflict || is_unknown(status))
        unsaid_.insert({now_.mono + pause, mine.pod->uid});
      else if (!status.success && status.code != not_found)
        out_.warnings.push_back("status of " + mine.pod->key + ": "
                                + status.message);
      return;
    case call_kind::event:
      --writes_;
      return take_event(mine, input.response);
  }
}

void scheduler_core::take_event(call& mine, const api::response& answer) {
  if (answer.status.success)
    return;
  if (answer.status.code == not_found
      && mine.request.verb == api::verb::update) {
    auto anew = created_anew(std::move(mine.request));
    return send({call_kind::event, {}, {}, anew}, anew);
  }
  out_.warnings.push_back("an event was not stored: " + answer.status.message);
}

void scheduler_core::take_bind(const call& mine, const api::response& answer) {
  if (answer.status.success)
    tell_scheduled(*mine.pod, mine.node);
  const auto& uid = mine.pod->uid;
  const auto at = assumed_.find(uid);
  // The view may have been faster, or the pod has gone.
  if (at == assumed_.end())
    return;
  if (answer.status.success)
    at->second.expires.reset();
  else if (is_unknown(answer.status))
    doubt(uid, at->second, answer.status.message);
  else
    give_up(uid, answer.status.message);
}

void scheduler_core::doubt(const std::string& uid, assumption& mine,
                           std::string why) {
  mine.expires.reset();
  mine.unknown = true;
  mine.why = std::move(why);
  barrier_.wait_for_read(uid);
}

/// The pod is not bound: what it was to take is free again.
void scheduler_core::give_up(const std::string& uid, const std::string& why) {
  const auto pod = assumed_.extract(uid).mapped().pod;
  table_.remove_pod(uid);
  queue_.failed(uid, now_.mono);
  auto gone = static_cast<changed_pod>(*pod);
  gone.assigned = true;
  cluster_change what;
  what.pod_before = &gone;
  queue_.changed(what, namespaces_, now_.mono);
  fail(*pod, {"SchedulerError", bind_error(why)});
}

void scheduler_core::take(read_ended& input) {
  const bool reached = input.outcome == store::barrier_outcome::reached;
  if (!reached)
    read_again_ = now_.mono + pause;
  for (const auto& uid : barrier_.end_read()) {
    if (!reached) {
      barrier_.wait_for_read(uid);
    } else if (uid == first_read) {
      ready_ = true;
    } else if (const auto at = assumed_.find(uid);
               at != assumed_.end() && at->second.unknown) {
      give_up(uid, std::string{at->second.why});
    }
  }
}

void scheduler_core::expire() {
  for (auto& [uid, mine] : assumed_) {
    if (!mine.expires || *mine.expires > now_.mono)
      continue;
    std::erase_if(calls_, [&](const auto& call) {
      return call.second.kind == call_kind::bind && call.second.pod->uid == uid;
    });
    doubt(uid, mine, "no answer in time");
  }
}

void scheduler_core::fail(const pod_info& pod, failure why) {
  tell(pod, true, "FailedScheduling", "Scheduling", why.message);
  failures_.insert_or_assign(pod.uid, std::move(why));
  write_status(pod.uid);
}

void scheduler_core::say_again() {
  while (!unsaid_.empty() && unsaid_.begin()->first <= now_.mono) {
    const auto uid = unsaid_.extract(unsaid_.begin()).value().second;
    write_status(uid);
  }
}

void scheduler_core::write_status(const std::string& uid) {
  const auto why = failures_.find(uid);
  const auto pod = queue_.find(uid);
  if (why == failures_.end() || pod == nullptr || assumed_.contains(uid))
    return;
  if (writes_ >= writes_max) {
    unsaid_.insert({now_.mono + pause, uid});
    return;
  }
  const auto object = cache_.at(now_.wall).get(pod->key);
  if (object == nullptr)
    return;
  if (auto request = status_request(*object, why->second, now_.wall))
    send({call_kind::status, pod, {}, {}}, std::move(*request));
}

void scheduler_core::tell_scheduled(const pod_info& pod,
                                    const std::string& node) {
  tell(pod, false, "Scheduled", "Binding",
       "Successfully assigned " + pod.what->ns + "/" + pod.name + " to "
           + node);
}

void scheduler_core::tell(const pod_info& pod, bool warning, std::string reason,
                          std::string action, std::string note) {
  pod_event event{pod.what->ns,      pod.name,       pod.uid,
                  pod.at.value(),    warning,        std::move(reason),
                  std::move(action), std::move(note)};
  if (auto request = events_.take(event, now_.mono, now_.wall))
    send({call_kind::event, {}, {}, *request}, *request);
}

void scheduler_core::send(call what, api::request request) {
  if (what.kind != call_kind::bind) {
    if (writes_ >= writes_max)
      return;
    ++writes_;
  }
  last_ticket_ = last_ticket_.next();
  calls_.emplace(last_ticket_, std::move(what));
  out_.calls.push_back({last_ticket_, std::move(request)});
}

} // namespace troupe::scheduler
