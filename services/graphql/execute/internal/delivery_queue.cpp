#include "services/graphql/execute/internal/delivery_queue.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace puff::graphql::internal {
namespace {

using d_state = delivery::state;
using t_state = deferred_task::state;

bool is_over(const delivery& d) { return d.how == d_state::completed || d.how == d_state::failed; }

template <class T>
void keep(std::vector<std::unique_ptr<T>>& all, std::vector<std::unique_ptr<T>> more) {
  std::ranges::move(more, std::back_inserter(all));
}

}  // namespace

void delivery_queue::add(deferred_work found, deferred_task* within) {
  std::vector<delivery*> roots;
  for (const auto& d : found.deliveries) {
    if (d->parent == nullptr)
      roots.push_back(d.get());
    else if (!is_over(*d->parent))
      d->parent->children.push_back(d.get());
  }
  for (const auto& t : found.tasks)
    for (auto* d : t->deliveries) {
      d->tasks.push_back(t.get());
      ++d->unfinished;
      if (d->how == d_state::pending) ready_.push_back(d);
    }
  for (auto* d : roots) announce(*d);
  for (const auto& s : found.streams)
    if (within == nullptr)
      announce(*s);
    else
      within->streams.push_back(s.get());
  keep(deliveries_, std::move(found.deliveries));
  keep(tasks_, std::move(found.tasks));
  keep(streams_, std::move(found.streams));
}

/// A fragment without fields of its own is not told of, but those within it are.
void delivery_queue::announce(delivery& d) {
  if (is_over(d)) return;
  if (d.tasks.empty()) {
    d.how = d_state::completed;
    for (auto* child : d.children) announce(*child);
    return;
  }
  d.how = d_state::pending;
  d.id = last_id_++;
  ++left_;
  out_.announce(d);
  ready_.push_back(&d);
}

void delivery_queue::announce(item_stream& s) {
  s.id = last_id_++;
  ++left_;
  out_.announce(s);
  open_streams_.push_back(&s);
  ready_streams_.push_back(&s);
}

void delivery_queue::start_deliveries() {
  while (!ready_.empty())
    for (auto* d : std::exchange(ready_, {})) start(*d);
}

void delivery_queue::start_streams() {
  auto ready = std::exchange(ready_streams_, {});
  while (!ready.empty()) {
    const auto& first = *ready.front();
    const auto others = std::stable_partition(ready.begin(), ready.end(), [&](const auto* s) {
      return s->of == first.of && s->field == first.field;
    });
    std::vector<item_stream*> alike(ready.begin(), others);
    ready.erase(ready.begin(), others);
    port_.start(std::move(alike));
  }
}

void delivery_queue::start(delivery& d) {
  for (auto* task : std::vector{d.tasks}) {
    if (task->how != t_state::waiting) continue;
    task->how = t_state::started;
    port_.start(*task);
  }
  settle(d);
}

void delivery_queue::finished(deferred_task& task, deferred_work found) {
  add(std::move(found), &task);
  for (auto* d : std::vector{task.deliveries}) {
    if (is_over(*d)) continue;
    --d->unfinished;
    settle(*d);
  }
  start_deliveries();
}

void delivery_queue::settle(delivery& d) {
  if (d.how != d_state::pending) return;
  for (const auto* task : d.tasks)
    if (task->how == t_state::failed) return fail(d, task->errors);
  if (d.unfinished == 0) complete(d);
}

void delivery_queue::complete(delivery& d) {
  std::vector<item_stream*> streams;
  for (auto* task : std::exchange(d.tasks, {})) {
    deliver(d, *task);
    streams.insert(streams.end(), task->streams.begin(), task->streams.end());
    for (auto* other : task->deliveries) std::erase(other->tasks, task);
  }
  d.how = d_state::completed;
  --left_;
  out_.complete(d);
  for (auto* child : d.children) announce(*child);
  for (auto* s : streams) announce(*s);
}

/// On behalf of the deepest fragment that the client knows of.
void delivery_queue::deliver(delivery& d, deferred_task& task) {
  const auto* best = &d;
  for (const auto* other : task.deliveries)
    if (other->how == d_state::pending && other->path.size() > best->path.size()) best = other;
  out_.add(*best, task);
  task.data = {};
}

void delivery_queue::fail(delivery& d, const graphql_errors& why) {
  const bool was_known = std::exchange(d.how, d_state::failed) == d_state::pending;
  if (was_known) {
    --left_;
    out_.fail(d, why);
  }
  for (auto* child : d.children) fail(*child, why);
}

void delivery_queue::delivered(item_stream& s, std::string_view items, std::uint32_t count,
                               const graphql_errors& errors, deferred_work found) {
  if (count != 0) out_.add(s, items, errors);
  s.rest.begin += count;
  s.index += count;
  add(std::move(found));
  if (s.rest.begin != s.rest.end) return ready_streams_.push_back(&s);
  --left_;
  std::erase(open_streams_, &s);
  out_.complete(s);
}

void delivery_queue::failed(item_stream& s, const graphql_errors& why) {
  --left_;
  std::erase(open_streams_, &s);
  std::erase(ready_streams_, &s);
  out_.fail(s, why);
}

void delivery_queue::fail_all(const graphql_errors& why) {
  for (const auto& d : deliveries_)
    if (d->how == d_state::pending) fail(*d, why);
  for (auto* s : std::vector{open_streams_}) failed(*s, why);
}

}  // namespace puff::graphql::internal
