#include "actors/actor_ref.hpp"

#include <caf/send.hpp>
#include <exception>

#include "actors/core/shared_promise.hpp"
#include "actors/core/spawn.hpp"
#include "actors/native_ask.hpp"

namespace puff {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds longest_tell{60'000};
constexpr milliseconds grace{200};  // the federation keeps the deadline; ours is a net below it

actor_letter_parcel letter_to(const actor_address& to, actor_message what, milliseconds within) {
  return actor_letter_parcel{
      actor_letter{to, std::move(what), std::chrono::steady_clock::now() + within}};
}

expected<actor_reply> reply_of(expected<actor_outcome_parcel> got) {
  if (!got) return std::move(got.error());
  auto outcome = got->take();
  if (auto* failed = std::get_if<actor_failure>(&outcome)) return error_of(*failed);
  return std::get<actor_reply>(std::move(outcome));
}

/// A function as an actor.
class function_actor {
 public:
  using interface = named_actor;
  static constexpr const char* name = "function";

  function_actor(self_pointer<interface> self, actor_function does)
      : self_(self), does_(std::move(does)) {}

  interface::behavior_type make_behavior() {
    return {
        [this](ask_atom, actor_call_parcel& call) { return answer(call.take()); },
        [this](tell_atom, actor_call_parcel& call) { run(call.take(), nullptr); },
    };
  }

 private:
  caf::delegated<actor_outcome_parcel> answer(actor_call call) {
    auto owed = make_shared_promise<actor_outcome_parcel>(self_);
    // It may answer on any thread, but a promise belongs to its actor's.
    run(std::move(call), [owed, home = self_->home()](expected<actor_reply> reply) {
      auto outcome =
          reply ? actor_outcome{std::move(*reply)} : actor_outcome{failure_of(reply.error())};
      auto deliver = [owed, outcome = std::move(outcome)]() mutable {
        owed->deliver(actor_outcome_parcel{std::move(outcome)});
      };
      if (home->on_own_thread())
        deliver();
      else
        home->post(std::move(deliver));
    });
    return {};
  }

  void run(actor_call call, const actor_ref::on_reply& answer) {
    try {
      does_(std::move(call), answer);
    } catch (const std::exception& thrown) {
      if (answer) answer(make_error(ec::internal, thrown.what()));
    }
  }

  self_pointer<interface> self_;
  actor_function does_;
};

}  // namespace

actor_ref::actor_ref(node& over, std::string name, std::string where)
    : node_(&over), to_{std::move(name), std::move(where)} {}

void actor_ref::ask(actor_message what, milliseconds within, on_reply done) const {
  outside_ask<actor_outcome_parcel>(
      node_->loop(), node_->federation(), within + grace,
      [done = std::move(done)](expected<actor_outcome_parcel> got) {
        done(reply_of(std::move(got)));
      },
      ask_atom::value, letter_to(to_, std::move(what), within));
}

void actor_ref::tell(actor_message what) const {
  if (auto federation = node_->federation().get())
    caf::anon_send(*federation, tell_atom::value, letter_to(to_, std::move(what), longest_tell));
}

boost::asio::awaitable<expected<actor_reply>> actor_ref::ask_here(actor_ref self,
                                                                  actor_message what,
                                                                  milliseconds within) {
  auto io = co_await boost::asio::this_coro::executor;
  auto* home = loop_of(*self.node_, boost::asio::query(io, boost::asio::execution::context));
  if (!home) co_return make_error(ec::bad_argument, "an actor is asked on one of the node's loops");
  auto letter = letter_to(self.to_, std::move(what), within);
  auto asked = native_ask<actor_outcome_parcel>(*home, self.node_->federation(), within + grace,
                                                ask_atom::value, std::move(letter));
  auto got = co_await std::move(asked);
  co_return reply_of(std::move(got));
}

void name_actor(node& over, std::string name, named_actor actor) {
  over.announce({std::move(name), actor_life::named}, std::move(actor));
}

void name_actor(node& over, std::string name, actor_function does) {
  placement where{.home = &over.loop()};
  over.mention("actor " + name, where.counts);
  auto made = spawn<function_actor>(over.system(), std::move(where), std::move(does));
  over.announce({std::move(name), actor_life::named}, std::move(made));
}

void withdraw_actor(node& over, std::string name) { over.withdraw(name); }

}  // namespace puff
