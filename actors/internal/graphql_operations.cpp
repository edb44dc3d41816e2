#include "actors/internal/graphql_operations.hpp"

#include <utility>

namespace puff::internal {

/// What runs under one id. Stopped when destroyed.
struct graphql_operations::operation {
  std::weak_ptr<graphql_operations> home;
  std::string id;
  std::unique_ptr<graphql_job> job;
  std::shared_ptr<graphql::subscription> stream;

  /// Its home, if that has not forgotten it.
  std::shared_ptr<graphql_operations> alive() const {
    auto found = home.lock();
    return found && found->to_ != nullptr ? found : nullptr;
  }
};

void graphql_operations::begin(std::string id, graphql::prepared_request prepared,
                               const graphql_work::behalf& by) {
  const auto made = std::make_shared<operation>();
  made->home = weak_from_this();
  made->id = id;
  all_.insert_or_assign(std::move(id), made);
  if (prepared.operation() == graphql::operation_type::subscription)
    subscribe(made, std::move(prepared), by);
  else
    execute(made, std::move(prepared), by);
}

void graphql_operations::execute(const operation_ptr& what, graphql::prepared_request prepared,
                                 const graphql_work::behalf& by) {
  auto job = work_->execute(std::move(prepared), by,
                            [me = std::weak_ptr{what}](const graphql_part& given) {
                              const auto op = me.lock();
                              const auto home = op ? op->alive() : nullptr;
                              if (home) home->answered(op, given);
                            });
  what->job = std::move(job);
  if (to_ != nullptr && !waiting_.empty()) to_->waits();
}

void graphql_operations::answered(const operation_ptr& what, const graphql_part& given) {
  if (given.has_next) return happened(what, given.body);
  all_.erase(what->id);
  if (given.how == graphql_outcome::refused) return to_->failed(what->id, given.body);
  to_->next(what->id, given.body);
  if (to_ != nullptr) to_->completed(what->id);
}

void graphql_operations::subscribe(const operation_ptr& what, graphql::prepared_request prepared,
                                   const graphql_work::behalf& by) {
  graphql::subscription_calls calls;
  calls.paced = true;
  calls.next = [me = std::weak_ptr{what}](graphql::response r) {
    const auto op = me.lock();
    const auto home = op ? op->alive() : nullptr;
    if (home) home->happened(op, std::move(r));
  };
  calls.ended = [me = std::weak_ptr{what}](const std::optional<graphql::response>& why) {
    const auto op = me.lock();
    const auto home = op ? op->alive() : nullptr;
    if (home) home->over(op, why ? &*why : nullptr);
  };
  what->stream = work_->subscribe(std::move(prepared), by, std::move(calls));
  if (to_ != nullptr && !waiting_.empty()) to_->waits();
}

void graphql_operations::happened(const operation_ptr& what, std::string_view body) {
  to_->next(what->id, body);
  wait(what);
}

void graphql_operations::happened(const operation_ptr& what, graphql::response r) {
  if (!r.shared) return happened(what, r.body);
  to_->next_shared(what->id, std::move(r.shared));
  wait(what);
}

/// The next event waits for the client.
void graphql_operations::wait(const operation_ptr& what) {
  if (to_ == nullptr) return;
  waiting_.push_back(what);
  if (what->stream || what->job) to_->waits();
}

void graphql_operations::over(const operation_ptr& what, const graphql::response* why) {
  all_.erase(what->id);
  if (why != nullptr) return to_->failed(what->id, why->body);
  to_->completed(what->id);
}

bool graphql_operations::go_on_one() {
  const auto keep = shared_from_this();
  while (!waiting_.empty()) {
    const auto next = waiting_.front().lock();
    waiting_.pop_front();
    if (!next || (!next->stream && !next->job)) continue;
    if (const auto stream = next->stream)
      stream->go_on();
    else
      next->job->go_on();
    return true;
  }
  return false;
}

void graphql_operations::stop(const std::string& id) {
  const auto at = all_.find(id);
  if (at == all_.end()) return;
  const auto stopped = at->second;
  all_.erase(at);
}

void graphql_operations::close() {
  to_ = nullptr;
  waiting_.clear();
  const auto stopped = std::exchange(all_, {});
}

}  // namespace puff::internal
