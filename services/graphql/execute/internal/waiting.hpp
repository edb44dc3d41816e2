#pragma once

#include <memory>
#include <utility>

#include "services/graphql/execute/internal/running_execution.hpp"

namespace puff::graphql::internal {

/// Brings the answer to a call, of a resolver or of SQL, to its execution.
template <class T>
class running_execution::waiting final : public receiver<T> {
 public:
  waiting(std::shared_ptr<running_execution> run, call_id id) : run_(std::move(run)), id_(id) {}

  void receive(T given) override { run_->answered(id_, std::move(given)); }
  void dropped() override { run_->dropped(id_); }
  void when_cancelled(std::function<void()> stop) override {
    run_->when_cancelled(id_, std::move(stop));
  }

 private:
  std::shared_ptr<running_execution> run_;
  call_id id_;
};

}  // namespace puff::graphql::internal
