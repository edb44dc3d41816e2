#include "services/tasks/results.hpp"

#include <utility>

namespace puff::tasks {
namespace {

constexpr std::chrono::seconds patience{10};
constexpr std::size_t asked_each_tick = 200;

}  // namespace

results::results(store& queue, deadline_wheel& wheel, std::string channel)
    : queue_(queue),
      wheel_(wheel),
      channel_(std::move(channel)),
      self_(std::make_shared<results*>(this)) {}

results::~results() {
  *self_ = nullptr;
  for (auto& [id, a] : waiting_)
    for (auto& w : a.all) {
      wheel_.cancel(w.expiry);
      w.done(make_error(ec::shutting_down, "the task queue was closed"));
    }
}

void results::wait(const task_wait& what, callback done) {
  if (what.deadline <= clock::now()) {
    const auto id = std::string{what.id.view()};
    queue_.run(*script_named("wait"), {id, ""}, clock::now() + patience,
               [done = std::move(done)](expected<redis_value> reply) {
                 if (!reply) return done(std::move(reply.error()));
                 auto* list = std::get_if<redis_value::array>(&reply->data);
                 auto* text = list && list->size() > 1 ? std::get_if<std::string>(&(*list)[1].data)
                                                       : nullptr;
                 done(text ? *text : task_result{});
               });
    return;
  }
  auto& a = waiting_[what.id];
  auto at = a.all.insert(a.all.end(), {std::move(done), {}});
  at->expiry = wheel_.arm(what.deadline, [this, id = what.id, at] { expire(id, at); });
  if (a.all.size() == 1) ask(what.id);
}

void results::ask(const task_id& id) {
  auto& a = waiting_.at(id);
  if (std::exchange(a.asking, true)) return;
  a.ticks = 0;
  queue_.run(*script_named("wait"), {id.view(), channel_}, clock::now() + patience,
             [weak = std::weak_ptr{self_}, id](expected<redis_value> reply) {
               if (auto alive = weak.lock(); alive && *alive)
                 (*alive)->answered(id, std::move(reply));
             });
}

void results::answered(const task_id& id, expected<redis_value> reply) {
  auto at = waiting_.find(id);
  if (at == waiting_.end()) return;
  at->second.asking = false;
  if (!reply) return;  // the next tick asks again
  auto* list = std::get_if<redis_value::array>(&reply->data);
  auto* code = list && !list->empty() ? std::get_if<std::int64_t>(&list->front().data) : nullptr;
  if (!code) return;
  if (*code == 0) return deliver(id, task_result{});
  auto* text = list->size() > 1 ? std::get_if<std::string>(&(*list)[1].data) : nullptr;
  if (text) deliver(id, *text);
}

void results::deliver(const task_id& id, const expected<task_result>& result) {
  auto found = waiting_.extract(id);
  if (found.empty()) return;
  for (auto& w : found.mapped().all) {
    wheel_.cancel(w.expiry);
    w.done(result);
  }
}

void results::expire(const task_id& id, std::list<waiter>::iterator at) {
  auto done = std::move(at->done);
  auto& a = waiting_.at(id);
  a.all.erase(at);
  if (a.all.empty()) {
    waiting_.erase(id);
    queue_.run(*script_named("unwait"), {channel_, id.view()}, clock::now() + patience,
               [](const expected<redis_value>&) {});
  }
  done(task_result{});
}

void results::take(std::string_view published) {
  auto id = task_id::from(published.substr(0, 16));
  if (!id || !waiting_.contains(*id)) return;
  if (published.size() > 16) return deliver(*id, task_result{published.substr(16)});
  ask(*id);
}

void results::tick() {
  std::vector<task_id> old;
  for (auto& [id, a] : waiting_)
    if (++a.ticks > 1 && !a.asking && old.size() < asked_each_tick) old.push_back(id);
  for (const auto& id : old)
    if (waiting_.contains(id)) ask(id);
}

}  // namespace puff::tasks
