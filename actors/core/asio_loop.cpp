#include "actors/core/asio_loop.hpp"

#include <boost/asio/post.hpp>

namespace puff {

asio_loop::asio_loop(caf::actor_system& system, drive how)
    : loop(system), open_(io_.get_executor()) {
  if (how == drive::own_thread)
    thread_ = std::thread{[this] { run(); }};
  else
    enter_thread();
}

asio_loop::~asio_loop() {
  stop();
  if (thread_.joinable())
    thread_.join();
  else
    io_.run();
}

void asio_loop::run() {
  enter_thread();
  while (io_.run_one() != 0)
    if (auto wake = deadlines().earlier_wake()) set_timer(*wake);
}

void asio_loop::set_timer(deadline_wheel::clock::time_point wake) {
  timer_.expires_at(wake);
  timer_.async_wait([this](boost::system::error_code failed) {
    if (!failed) deadlines().advance(deadline_wheel::clock::now());
  });
}

void asio_loop::on_finished() {
  timer_.cancel();
  open_.reset();
}

void asio_loop::post(std::function<void()> work) { boost::asio::post(io_, std::move(work)); }

void asio_loop::schedule(caf::intrusive_ptr<caf::resumable> turn) {
  boost::asio::post(io_, [this, turn = std::move(turn)]() mutable { run_turn(std::move(turn)); });
}

}  // namespace puff
