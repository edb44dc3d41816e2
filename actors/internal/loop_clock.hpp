#pragma once

#include <bit>

#include "actors/core/loop.hpp"
#include "services/graphql/execute/execution.hpp"

namespace puff::internal {

/// The deadlines of a loop, for executions on it.
class loop_clock final : public graphql::execution_clock {
 public:
  explicit loop_clock(loop& home) : home_(home) {}

  ticket after(std::chrono::milliseconds delay, std::function<void()> what) override {
    return std::bit_cast<ticket>(home_.arm(home_.now() + delay, std::move(what)));
  }
  void cancel(ticket t) override { home_.cancel(std::bit_cast<loop::ticket>(t)); }

 private:
  loop& home_;
};

}  // namespace puff::internal
