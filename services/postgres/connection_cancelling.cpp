// How `connection` stops what runs on the server.
#include <libpq-fe.h>

#include "services/postgres/internal/implementation.hpp"

namespace puff::postgres {
namespace {

using namespace std::chrono_literals;

/// A cancel that came before its statement, or got lost, is sent again after this time.
constexpr auto again_after = 250ms;
/// A server that confirms none for so long has lost the connection. Nor is one asked for longer by
/// somebody who still waits for the statement's own end.
constexpr auto confirmed_within = 5s;

}  // namespace

void connection::implementation::cancel() {
  if (life_ != life::open) return;
  // One that waits for an earlier cancel to arrive runs, as far as its holder knows.
  const auto& first = in_flight_.empty() && work_ == work::none ? waiting_ : in_flight_;
  if (!first.empty()) {
    unwanted_ = first.front().number;
    repeat_until_ = clock::now() + confirmed_within;
    return cancel_unwanted();
  }
  if (work_ != work::none) return send_cancel(0);
  auto keep = shared_from_this();
  entries ended;
  ended.splice(ended.end(), listening_);
  pending_ -= ended.size();
  answer_all(std::move(ended), ec::cancelled, "the wait for notifications was cancelled");
}

/// Again and again until the request has ended, in case that the server got to see a cancel before
/// the statement.
void connection::implementation::cancel_unwanted() {
  wheel_.cancel(cancel_repeat_);
  auto is_unwanted = [this](const entries& in) {
    return !in.empty() && in.front().number == unwanted_;
  };
  const bool runs = is_unwanted(in_flight_);
  if (clock::now() >= repeat_until_ || !(runs || is_unwanted(waiting_))) return;
  if (runs) send_cancel(unwanted_);
  cancel_repeat_ = wheel_.arm(clock::now() + again_after, [this] { cancel_unwanted(); });
}

void connection::implementation::send_cancel(std::uint64_t target) {
  if (cancel_) return;
  internal::cancel_handle what{PQgetCancel(handle_.get())};
  if (!what) return;
  cancel_ = internal::cancel_job::start(std::move(what));
  if (!cancel_) return;
  cancel_target_ = target;
  if (cancel_watch_.watch(cancel_->descriptor())) return cancel_.reset();
  cancel_watch_.wait(internal::socket_watch::read,
                     [self = shared_from_this()] { self->cancel_sent(); });
}

void connection::implementation::cancel_sent() {
  cancel_watch_.release();
  cancel_failure_ = cancel_->failure();
  cancel_.reset();
  cancel_reached_ = in_flight_.empty() ? 0 : in_flight_.back().number;
  turn();
}

/// To be called when another request may have come to the front.
void connection::implementation::cancel_expired_front() {
  bool expired = !in_flight_.empty() && in_flight_.front().expired;
  if (!expired) {
    wheel_.cancel(cancel_check_);
    return;
  }
  if (expired_front_ != in_flight_.front().number) {
    expired_front_ = in_flight_.front().number;
    confirm_by_ = clock::now() + confirmed_within;
  }
  send_cancel(expired_front_);
  wheel_.cancel(cancel_check_);
  cancel_check_ = wheel_.arm(clock::now() + again_after, [this] { check_expired_front(); });
}

void connection::implementation::check_expired_front() {
  auto keep = shared_from_this();
  if (clock::now() < confirm_by_) return cancel_expired_front();
  break_off("the server did not confirm that a statement was cancelled" +
            (cancel_failure_.empty() ? std::string{} : ": " + cancel_failure_));
  settle();
}

}  // namespace puff::postgres
