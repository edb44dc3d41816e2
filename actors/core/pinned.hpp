#pragma once

#include <caf/actor_config.hpp>
#include <caf/behavior.hpp>
#include <caf/invoke_message_result.hpp>
#include <caf/mailbox_element.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <unordered_map>
#include <utility>

#include "actors/core/gauge.hpp"
#include "actors/core/loop.hpp"
#include "actors/core/reason.hpp"
#include "schemas/error.hpp"

namespace puff {

/// Where an actor lives and how many asks may wait for it.
struct placement {
  loop* home = nullptr;  ///< null: on CAF's scheduler
  std::uint64_t mailbox_bound = 100'000;
  gauge_ptr counts = std::make_shared<gauge>();
  /// For the asks of an actor without a home; with one, its home's are used.
  deadline_source* deadlines = nullptr;
};

/// Adds to an event-based actor a home loop, a bounded mailbox and counters. An ask beyond the
/// bound is answered `overloaded`; nothing else is refused, since nothing else can be answered:
/// senders of one-way mail are bounded by what they own. Mail of high priority overtakes and always
/// gets in.
template <class Base>
class pinned : public Base {
 public:
  pinned(caf::actor_config& cfg, placement where)
      : Base(cfg),
        home_(where.home),
        deadlines_(where.home ? where.home : where.deadlines),
        bound_(where.mailbox_bound),
        counts_(where.counts ? std::move(where.counts) : std::make_shared<gauge>()) {}

  using Base::enqueue;

  void enqueue(caf::mailbox_element_ptr mail, caf::execution_unit* unit) override {
    // The dead count nothing: CAF drops the mail, or answers that nobody is here.
    if (!this->getf(caf::abstract_actor::is_terminated_flag)) {
      const bool refusable = mail->mid.is_request() && !mail->mid.is_urgent_message();
      if (refusable && counts_->waiting() >= bound_) return refuse(*mail, unit);
      counts_->arrived.fetch_add(1, std::memory_order_relaxed);
    }
    Base::enqueue(std::move(mail), home_ ? home_ : unit);
  }

  void launch(caf::execution_unit* unit, bool lazy, bool hide) override {
    if (!home_) return Base::launch(unit, lazy, hide);
    home_->post([home = home_, self = caf::strong_actor_ptr{this->ctrl()}]() mutable {
      home->adopt(std::move(self));
    });
    Base::launch(home_, lazy, hide);
  }

  bool cleanup(caf::error&& why, caf::execution_unit* host) override {
    forget_asks();
    if (home_) home_->forget(this->id());
    counts_->end(is_orderly(why) ? std::string{} : text_of(why));
    return Base::cleanup(std::move(why), host);
  }

  caf::resumable::resume_result resume(caf::execution_unit* unit, std::size_t n) override {
    auto result = Base::resume(unit, n);
    if (result == caf::resumable::resume_later)
      counts_->handled.fetch_add(n, std::memory_order_relaxed);
    else
      counts_->handled = counts_->arrived.load(std::memory_order_relaxed);
    return result;
  }

  /// For `ask` alone: `handlers` get the response `id`. CAF's own table of them is a flat array, so
  /// that an answer costs time in proportion to all that are awaited; this one does not.
  void expect(caf::message_id id, caf::behavior handlers) {
    asks_.insert_or_assign(id.integer_value(), std::move(handlers));
  }
  void forget_asks() {
    decltype(asks_) forgotten;
    forgotten.swap(asks_);
  }

  caf::invoke_message_result consume(caf::mailbox_element& mail) override {
    auto asked = mail.mid.is_response() ? asks_.find(mail.mid.integer_value()) : asks_.end();
    if (asked == asks_.end()) return Base::consume(mail);
    auto handlers = std::move(asked->second);
    asks_.erase(asked);
    this->current_element_ = &mail;
    if (!handlers(mail.content())) {
      auto unexpected = caf::make_message(make_error(ec::internal, "answer of an unknown type"));
      handlers(unexpected);
    }
    return caf::invoke_message_result::consumed;
  }

  /// Runs `work` as this actor, on its thread, while none of its handlers runs: what it throws ends
  /// the actor, and so does `quit`, as in a handler.
  template <class F>
  void run_between_turns(F& work) {
    // Outside a turn the loop's reference may be the last.
    const caf::strong_actor_ptr keep{this->ctrl()};
    try {
      work();
    } catch (...) {
      this->quit(error_of(std::current_exception()));
    }
    // CAF looks for the end of an actor only after a message.
    if (this->getf(caf::abstract_actor::is_shutting_down_flag)) this->finalize();
  }

  /// The loop this actor is pinned to; null for an actor of CAF's scheduler.
  loop* home() const noexcept { return home_; }

  /// Where its deadlines are armed; null for an actor that was given neither home nor source.
  deadline_source* deadlines() const noexcept { return deadlines_; }

  gauge& counts() const noexcept { return *counts_; }

 private:
  void refuse(caf::mailbox_element& mail, caf::execution_unit* unit) {
    counts_->refused.fetch_add(1, std::memory_order_relaxed);
    if (mail.sender)
      mail.sender->enqueue(nullptr, mail.mid.response_id(),
                           caf::make_message(make_error(ec::overloaded, "mailbox is full")), unit);
  }

  loop* home_;
  deadline_source* deadlines_;
  std::uint64_t bound_;
  gauge_ptr counts_;
  std::unordered_map<std::uint64_t, caf::behavior> asks_;
};

}  // namespace puff
