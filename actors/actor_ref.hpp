#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <functional>
#include <string>
#include <utility>

#include "actors/core/resource.hpp"
#include "actors/federation_interfaces.hpp"
#include "schemas/actor.hpp"
#include "schemas/error.hpp"

namespace puff {

class node;

/// An actor by its name, wherever it lives: in C++ or Python, on this node or another of the
/// cluster. Cheap to copy. Must not outlive the node.
class actor_ref {
 public:
  /// `where` names a node; empty: wherever the actor is.
  actor_ref(node& over, std::string name, std::string where = {});

  const actor_address& address() const noexcept { return to_; }

  using on_reply = std::function<void(expected<actor_reply>)>;

  /// Asks from any thread. `done` is called once on loop 0 of the node, with `timed_out` at the
  /// latest when `within` has passed; it must neither wait nor throw. Other errors: `not_found`
  /// (nobody has the name), `unavailable` (its node is gone, or this one has lost its cluster),
  /// `overloaded`, `too_large`, `python_failed` and others with type, text and traceback of what
  /// the actor raised. The actor has done its work at most once; after `timed_out` and
  /// `unavailable` it may have.
  void ask(actor_message what, std::chrono::milliseconds within, on_reply done) const;

  /// Sends from any thread and forgets: delivered at most once, in order for each pair of nodes.
  void tell(actor_message what) const;

  /// The same for a coroutine on one of the node's loops, as a route is.
  boost::asio::awaitable<expected<actor_reply>> ask(actor_message what,
                                                    std::chrono::milliseconds within) const {
    return ask_here(*this, std::move(what), within);
  }

 private:
  static boost::asio::awaitable<expected<actor_reply>> ask_here(actor_ref self, actor_message what,
                                                                std::chrono::milliseconds within);

  node* node_;
  actor_address to_;
};

/// What an actor made of a function does with a message. `answer` is called once, from any thread,
/// now or later; null if nobody waits (`tell`). What it throws is the answer.
using actor_function = std::function<void(actor_call, actor_ref::on_reply answer)>;

/// Gives a name to an actor of this node, as of the next start of the federation's mail: others ask
/// it by `actor_ref`. The node keeps the handle until it ends or the name is withdrawn. From any
/// thread, when the node's resources have started.
void name_actor(node& over, std::string name, named_actor actor);

/// The same for a function, which runs on loop 0 of the node, one message at a time as far as it
/// does not answer later: it must not block. Its actor is kept by the node.
void name_actor(node& over, std::string name, actor_function does);

/// Ends the name. Messages that come later are answered `not_found`.
void withdraw_actor(node& over, std::string name);

}  // namespace puff
