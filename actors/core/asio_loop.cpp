#include "actors/core/asio_loop.hpp"

#include <boost/asio/post.hpp>

namespace puff {

asio_loop::asio_loop(caf::actor_system& system, drive how)
    : loop(system), how_(how), open_(std::in_place, io_.get_executor()) {
  if (how == drive::own_thread)
    thread_ = std::thread{[this] { run(); }};
  else
    enter_thread();
}

asio_loop::~asio_loop() {
  stop();
  if (thread_.joinable()) thread_.join();
  // What came between the thread's last look and its end, or all of it when driven by hand.
  enter_thread();
  if (how_ == drive::by_hand)
    run_by_hand();
  else
    run();
}

deadline_source::clock::time_point asio_loop::now() const noexcept {
  return how_ == drive::own_thread ? loop::now() : wheel_time();
}

void asio_loop::run() {
  enter_thread();
  do {
    run_ready();
    io_.restart();
    if (!finished()) open_.emplace(io_.get_executor());  // a late spawn
  } while (open_);
}

void asio_loop::run_ready() {
  while (io_.run_one() != 0) {
    // A deadline that nobody is left to wait for must not keep the thread.
    if (finished()) continue;
    if (auto wake = deadlines().earlier_wake()) set_timer(*wake);
  }
}

void asio_loop::run_by_hand() {
  for (;;) {
    io_.restart();
    if (io_.poll() != 0) continue;
    if (finished()) return;
    if (auto next = deadlines().next()) {
      deadlines().advance(*next);
    } else {
      open_.emplace(io_.get_executor());
      io_.run_one();
    }
  }
}

void asio_loop::set_timer(clock::time_point wake) {
  timer_.expires_at(wake);
  timer_.async_wait([this](boost::system::error_code failed) {
    if (!failed || finished()) deadlines().advance(clock::now());
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
