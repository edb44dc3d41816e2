#include "actors/graphql_resolver.hpp"

#include <caf/actor_cast.hpp>
#include <map>
#include <utility>

#include "actors/core/promise.hpp"
#include "actors/internal/graphql_desk.hpp"

namespace puff {

using internal::graphql_work;
namespace {

constexpr auto keep_alive_period = std::chrono::seconds{12};

}  // namespace

/// A call that came by mail, until it is over.
struct graphql_resolver::owed_call : std::enable_shared_from_this<owed_call> {
  owed_call(graphql_resolver& in, std::uint64_t key, graphql_call asked)
      : home(in), number(key), what(std::move(asked)) {}

  void allowed(expected<graphql_work::context_ptr> given);
  void execute(graphql::prepared_request prepared, const graphql_work::behalf& by);
  void open(graphql::prepared_request prepared, const graphql_work::behalf& by);
  void answer(graphql_answer given);
  void end();

  graphql_resolver& home;
  const std::uint64_t number;
  graphql_call what;
  promise<graphql_answer_parcel> owed;
  std::shared_ptr<graphql_subscriber> subscriber;
  std::unique_ptr<internal::graphql_job> job;
  std::shared_ptr<graphql::subscription> stream;
};

void graphql_resolver::owed_call::allowed(expected<graphql_work::context_ptr> given) {
  auto& work = *home.desk_->work;
  if (!given) {
    work.counts().denied.fetch_add(1, std::memory_order_relaxed);
    answer(graphql_work::refusal(given.error()));
    return end();
  }
  auto prepared =
      work.engine().prepare({what.query, std::move(what.operation_name), what.variables});
  if (!prepared) {
    answer(work.refusal(prepared.errors()));
    return end();
  }
  const graphql_work::behalf by{std::move(*given), what.session, std::move(what.database)};
  if (subscriber == nullptr)
    execute(std::move(*prepared), by);
  else
    open(std::move(*prepared), by);
}

void graphql_resolver::owed_call::execute(graphql::prepared_request prepared,
                                          const graphql_work::behalf& by) {
  const auto keep = shared_from_this();
  job = home.desk_->work->execute(std::move(prepared), by,
                                  [me = weak_from_this()](graphql_answer given) {
                                    const auto self = me.lock();
                                    if (!self) return;
                                    self->answer(std::move(given));
                                    self->end();
                                  });
}

void graphql_resolver::owed_call::open(graphql::prepared_request prepared,
                                       const graphql_work::behalf& by) {
  const auto keep = shared_from_this();
  auto& work = *home.desk_->work;
  graphql::subscription_calls calls;
  calls.paced = true;
  calls.opened = [me = weak_from_this()] {
    if (const auto self = me.lock()) self->answer({graphql_outcome::opened, {}});
  };
  calls.next = [me = weak_from_this()](graphql::response r) {
    const auto self = me.lock();
    if (!self) return;
    if (r.shared) r.body = *r.shared;
    self->subscriber->tell({false, {internal::outcome_of(r.how), std::move(r.body)}});
  };
  calls.ended = [me = weak_from_this()](std::optional<graphql::response> why) {
    const auto self = me.lock();
    if (!self) return;
    graphql_answer last;
    if (why) last = {internal::outcome_of(why->how), std::move(why->body)};
    if (self->owed.pending() && why) {
      self->answer(std::move(last));
    } else {
      self->answer({graphql_outcome::opened, {}});
      self->subscriber->tell({true, std::move(last)});
    }
    self->end();
  };
  stream = work.subscribe(std::move(prepared), by, std::move(calls));
}

void graphql_resolver::owed_call::answer(graphql_answer given) {
  if (owed.pending()) owed.deliver(graphql_answer_parcel{std::move(given)});
}

void graphql_resolver::owed_call::end() {
  const auto keep = shared_from_this();
  if (home.calls_.erase(number) == 0) return;
  if (what.ticket != 0) home.tickets_.erase(what.ticket);
}

graphql_resolver::graphql_resolver(self_pointer<interface> self, graphql_options options)
    : self_(self), options_(std::move(options)) {}

graphql_resolver::~graphql_resolver() {
  if (!desk_) return;
  desk_->work->close();
  for (auto& [key, open] : std::exchange(desk_->clients, {})) open->end();
  for (auto& [number, call] : std::exchange(calls_, {})) {
    auto last =
        graphql_answer{graphql_outcome::cancelled, graphql::error_body("The server is stopping.")};
    call->job.reset();
    if (std::exchange(call->stream, nullptr)) call->subscriber->tell({true, last});
    call->answer(std::move(last));
  }
  desk_->out->close();
}

graphql_resolver::interface::behavior_type graphql_resolver::make_behavior() {
  desk_ = std::make_unique<internal::graphql_desk>();
  desk_->work = std::make_shared<graphql_work>(self_, options_);
  desk_->out = std::make_shared<internal::answer_outbox>(
      *self_->home(), [self = self_](const http_listener_actor& to, response_batch parts) {
        self->send(to, answer_atom::value, std::move(parts));
      });
  keep_alive_ = every(self_, keep_alive_period, [this] {
    for (const auto& [key, open] : std::map{desk_->clients.begin(), desk_->clients.end()})
      open->keep_alive();
  });
  return {
      [this](serve_atom, request_batch& events) { serve(events.take()); },
      [this](execute_atom, graphql_call_parcel& what) { return call(what.take(), nullptr); },
      [this](open_atom, graphql_subscription_parcel& what) {
        auto wish = what.take();
        return call(std::move(wish.call), std::move(wish.to));
      },
      [this](taken_atom, graphql_ticket ticket) {
        if (auto* open = find(ticket); open && open->stream) open->stream->go_on();
      },
      [this](stop_atom, graphql_ticket ticket) { stop(ticket); },
  };
}

void graphql_resolver::serve(request_events events) {
  const auto listener = caf::actor_cast<http_listener_actor>(self_->current_sender());
  if (!listener) return;
  const auto number = desk_->out->number_of(listener);
  for (auto& event : events) desk_->take(number, event);
}

caf::delegated<graphql_answer_parcel> graphql_resolver::call(
    graphql_call what, std::shared_ptr<graphql_subscriber> to) {
  const auto number = ++last_call_;
  const auto made = std::make_shared<owed_call>(*this, number, std::move(what));
  made->owed = make_promise<graphql_answer_parcel>(self_);
  made->subscriber = std::move(to);
  calls_.emplace(number, made);
  if (made->what.ticket != 0) tickets_.insert_or_assign(made->what.ticket, number);
  desk_->work->authorize(made->what.headers, made->what.token,
                         [me = std::weak_ptr{made}](expected<graphql_work::context_ptr> given) {
                           if (auto self = me.lock()) self->allowed(std::move(given));
                         });
  return {};
}

graphql_resolver::owed_call* graphql_resolver::find(graphql_ticket ticket) {
  const auto at = tickets_.find(ticket);
  return at == tickets_.end() ? nullptr : calls_.at(at->second).get();
}

void graphql_resolver::stop(graphql_ticket ticket) {
  auto* found = find(ticket);
  if (found == nullptr) return;
  const auto keep = found->shared_from_this();
  keep->job.reset();
  keep->end();
  keep->stream.reset();
  keep->answer({graphql_outcome::cancelled, graphql::error_body("The request was cancelled.")});
}

}  // namespace puff
