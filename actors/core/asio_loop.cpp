#include "actors/core/asio_loop.hpp"

#include <boost/asio/post.hpp>

#include "actors/core/current_loop.hpp"

namespace puff {

asio_loop::asio_loop(caf::actor_system& system, drive how)
    : loop(system), how_(how), open_(std::in_place, io_.get_executor()) {
  if (how == drive::own_thread)
    thread_ = std::thread{[this] { run(); }};
  else
    enter_by_hand();
}

asio_loop::~asio_loop() {
  stop();
  if (thread_.joinable()) thread_.join();
  // What came between the thread's last look and its end, or all of it when driven by hand.
  if (how_ == drive::by_hand) {
    enter_thread();
    run_by_hand();
  } else {
    run();
  }
  if (current_loop() == this) set_current_loop(nullptr);
}

deadline_source::clock::time_point asio_loop::now() const noexcept {
  return how_ == drive::own_thread ? loop::now() : wheel_time();
}

void asio_loop::run() {
  enter_thread();
  set_current_loop(this);
  do {
    run_ready();
    io_.restart();
    if (!finished()) open_.emplace(io_.get_executor());  // a late spawn
  } while (open_ || inbox_.has_mail());
}

void asio_loop::run_ready() {
  do {
    const bool ran = run_some();
    // A deadline that nobody is left to wait for must not keep the thread.
    if (!finished())
      if (auto next = deadlines().earlier_wake()) set_timer(*next);
    if (!ran) sleep();
  } while (!io_.stopped() || inbox_.has_mail());
}

/// Mail and sockets take turns.
bool asio_loop::run_some() {
  bool ran = drain();
  do {
    if (io_.poll_one() == 0) return ran;
    ran = true;
  } while (!inbox_.has_mail());
  return true;
}

bool asio_loop::drain() {
  return inbox_.drain([this](inbox::turn turn) { run_turn(std::move(turn)); });
}

void asio_loop::sleep() {
  if (io_.stopped()) return;
  int looks = 0;
  auto found = [&] { return inbox_.has_mail() || (++looks % 16 == 0 && io_.poll_one() != 0); };
  if (spin_(found) || !inbox_.fall_asleep()) return;
  io_.run_one();
  inbox_.awake();
}

void asio_loop::wake() {
  boost::asio::post(io_, [this] {
    drain();
    if (how_ == drive::by_hand && !inbox_.fall_asleep()) wake();
  });
}

void asio_loop::enter_by_hand() {
  enter_thread();
  set_current_loop(this);
  inbox_.fall_asleep();
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

void asio_loop::post(std::function<void()> work) {
  if (inbox_.put(std::move(work))) wake();
}

void asio_loop::schedule(caf::intrusive_ptr<caf::resumable> turn) {
  if (inbox_.put(std::move(turn))) wake();
}

}  // namespace puff
