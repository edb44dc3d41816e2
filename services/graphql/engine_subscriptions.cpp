#include "services/graphql/engine.hpp"
#include "services/graphql/execute/internal/running_subscription.hpp"

namespace puff::graphql {
namespace {

class open_subscription final : public subscription {
 public:
  explicit open_subscription(std::shared_ptr<internal::running_subscription> run)
      : run_(std::move(run)) {}
  ~open_subscription() override { run_->stop(); }
  void stop() override { run_->stop(); }

 private:
  std::shared_ptr<internal::running_subscription> run_;
};

}  // namespace

std::shared_ptr<subscription> engine::subscribe(prepared_request prepared, surroundings with,
                                                subscription_calls calls) const {
  if (prepared.operation() != operation_type::subscription) {
    calls.ended(refuse({{.message = "The operation is no subscription."}}));
    return nullptr;
  }
  auto run = std::make_shared<internal::running_subscription>(
      request_of(std::move(prepared), std::move(with)), std::move(calls.next),
      std::move(calls.ended));
  run->start();
  return std::make_shared<open_subscription>(std::move(run));
}

}  // namespace puff::graphql
