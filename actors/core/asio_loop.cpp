#include "actors/core/asio_loop.hpp"

#include <boost/asio/post.hpp>

#include "actors/core/answer_look.hpp"
#include "actors/core/current_loop.hpp"

namespace puff {
namespace {

constexpr std::chrono::microseconds longest_answer{60};
constexpr int looks_per_poll = 4;  // a poll is a system call

/// The look of a thread that expects an answer.
template <class Found>
bool look_for_answer(Found found) {
  static thread_local idle_spin spin{longest_answer};
  return spin(found);
}

}  // namespace

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
    if (seat_.is_wanted()) {
      seat_.give_way();
      enter_thread();
    }
    const bool ran = run_some();
    arm_timer();
    if (!ran) sleep();
  } while (!io_.stopped() || inbox_.has_mail());
}

void asio_loop::arm_timer() {
  // A deadline that nobody is left to wait for must not keep the thread.
  if (finished()) return;
  if (auto next = deadlines().earlier_wake()) set_timer(*next);
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

bool asio_loop::run_as_guest(inbox& mail, std::optional<clock::time_point> until,
                             std::function<void()> when_free) {
  if (!seat_.take()) {
    seat_.ask(std::move(when_free));
    post([] {});
    return false;
  }
  enter_thread();
  do {
    drain();
    arm_timer();
    if (io_.stopped() || mail.has_mail()) break;
    sleep_as_guest(mail, until);
  } while (!until || clock::now() < *until);
  const bool ends = io_.stopped();
  seat_.leave();
  if (ends) seat_.recall();
  return true;
}

void asio_loop::sleep_as_guest(inbox& mail, std::optional<clock::time_point> until) {
  if (take_expectation()) {
    poll_more();  // what asks leaves first
    int looks = 0;
    auto found = [&] {
      return mail.has_mail() || inbox_.has_mail() ||
             (++looks % looks_per_poll == 0 && io_.poll_one() != 0);
    };
    if (look_for_answer(found)) return;
  }
  if (!inbox_.fall_asleep()) return;
  if (mail.fall_asleep()) {
    if (until)
      io_.run_one_until(*until);
    else
      io_.run_one();
    mail.awake();
  }
  inbox_.awake();
  if (!more_looks_.skip()) poll_more();
}

/// What has come together is handled together.
void asio_loop::poll_more() {
  int left = most_handlers_at_once;
  while (left > 0 && io_.poll_one() != 0) --left;
  if (left < most_handlers_at_once)
    more_looks_.found();
  else
    more_looks_.found_nothing();
}

void asio_loop::interrupt() {
  boost::asio::post(io_, [] {});
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

void asio_loop::post(std::function<void()> work) { wake_if(inbox_.put(std::move(work))); }

void asio_loop::schedule(caf::intrusive_ptr<caf::resumable> turn) {
  wake_if(inbox_.put(std::move(turn)));
}

void asio_loop::wake_if(bool asleep) {
  const bool runs_it = on_own_thread();
  // Who runs it looks for mail before it sleeps again.
  if (asleep && !(runs_it && how_ == drive::own_thread)) wake();
  // A guest has left and will be back, but others shall not have to wait for it.
  if (!runs_it && seat_.is_empty()) seat_.recall();
}

}  // namespace puff
