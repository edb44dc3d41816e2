#include "actors/redis_pool.hpp"

#include <memory>

#include "actors/core/shared_promise.hpp"

namespace puff {

redis_pool::redis_pool(self_pointer<interface> self, boost::asio::io_context& io,
                       redis::client_options options)
    : self_(self), io_(io), options_(std::move(options)) {}

redis_pool::interface::behavior_type redis_pool::make_behavior() {
  client_.emplace(io_, self_->home()->deadlines(), options_);
  client_->start();
  return {
      [this](command_atom, redis_request& request) { return run(request.take()); },
      [this](check_atom) { return check(); },
  };
}

caf::delegated<redis_reply> redis_pool::run(redis_commands commands) {
  auto owed = make_shared_promise<redis_reply>(self_);
  const auto deadline = commands.deadline;
  client_->send(std::move(commands), deadline, [owed](expected<std::vector<redis_value>> values) {
    if (values)
      owed->deliver(redis_reply{std::move(*values)});
    else
      owed->deliver(std::move(values.error()));
  });
  return {};
}

caf::delegated<check_atom> redis_pool::check() {
  client_->ping(deadline_wheel::clock::now() + check_time_limit,
                deliver_to(self_, check_atom::value));
  return {};
}

}  // namespace puff
