#pragma once

#include <caf/typed_actor.hpp>
#include <functional>
#include "schemas/messages.hpp"

namespace puff {

namespace pubsub {
class inbox;
}

class outside_desk;

/// Whose inbox shall hear a channel, or hear it no more.
struct subscription_wish {
  std::shared_ptr<pubsub::inbox> who;
  subscription what;
  std::chrono::steady_clock::time_point deadline{};  ///< when the asker stops waiting
  /// A position of the channel's history (services/pubsub/position.hpp): what follows it comes
  /// first. Empty: only what is published from now on.
  std::string since{};
};
using subscription_parcel = parcel<subscription_wish>;

/// A connection enters a channel or leaves it. What it entered it leaves with its inbox.
struct attendance_wish {
  enum class direction : std::uint8_t { enters, leaves };
  std::shared_ptr<pubsub::inbox> who;
  direction does = direction::enters;
  attendance what;
};
using attendance_parcel = parcel<attendance_wish>;
using inbox_parcel = parcel<std::shared_ptr<pubsub::inbox>>;

/// What an `outside_desk` is to do, and its thread runs.
using errand = parcel<std::function<void(outside_desk&)>>;

}  // namespace puff

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(puff::errand)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(puff::subscription_parcel)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(puff::attendance_parcel)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(puff::inbox_parcel)

/// Every actor's protocol, and the only place where a signature is explained.
namespace puff {

/// Serves requests with an application: the Python threads.
using application_actor = caf::typed_actor<
    /// Events of one wake-up of the listener that sends them; answers go back to it as
    /// `answer_atom`.
    caf::reacts_to<serve_atom, request_batch>>;

/// Owns the listening sockets and connections of one io thread.
using http_listener_actor = caf::typed_actor<
    /// Parts of answers, in order for each exchange; parts for an ended exchange are dropped.
    caf::reacts_to<answer_atom, response_batch>,
    /// Accepts no more, closes idle connections, lets running exchanges finish, then answers.
    caf::replies_to<drain_atom>::with<drain_atom>>;

/// Owns the connections to one Redis server.
using redis_pool_actor = caf::typed_actor<
    /// Runs the commands in order on one connection and answers one value for each; a failure of
    /// one command is a value, a failure of the connection an error.
    caf::replies_to<command_atom, redis_request>::with<redis_reply>,
    /// Whether the server answers a PING; the error says in one line why not.
    caf::replies_to<check_atom>::with<check_atom>>;

/// Publish and subscribe for the whole node over one server. Messages come by the inboxes, not by
/// mail.
using pubsub_hub_actor = caf::typed_actor<
    /// Answers when the server has confirmed; from then on the inbox gets what is published.
    caf::replies_to<subscribe_atom, subscription_parcel>::with<subscribe_atom>,
    /// Nothing comes any more; `not_found` if it was not subscribed.
    caf::replies_to<leave_atom, subscription_parcel>::with<leave_atom>,
    /// Ends all subscriptions of an inbox that nobody reads any more, and its presence.
    caf::reacts_to<forget_atom, inbox_parcel>,
    /// Answers when the server has taken it: how many of its clients heard it, a node being one.
    caf::replies_to<publish_atom, publication_parcel>::with<std::uint64_t>,
    /// Answers when the server knows; `not_found` if who leaves was not there.
    caf::replies_to<attend_atom, attendance_parcel>::with<attend_atom>,
    /// What is kept of a channel, oldest first.
    caf::replies_to<recall_atom, channel_question_parcel>::with<pubsub_messages_parcel>,
    /// Who has entered a channel, on any node.
    caf::replies_to<present_atom, channel_question_parcel>::with<pubsub_presents_parcel>,
    /// Whether the server answers a PING; the error says in one line why not.
    caf::replies_to<check_atom>::with<check_atom>>;

/// Lends sessions of one PostgreSQL server, or of any that a lease names.
using postgres_pool_actor = caf::typed_actor<
    /// A session for the asker alone, until `return_atom`; connects if it must. `timed_out` names
    /// who holds the leases.
    caf::replies_to<lease_atom, sql_lease_wish>::with<sql_leased>,
    /// One request of a leased session; `not_found` if it is not leased (any more). Session 0:
    /// a statement of its own, autocommitted, pipelined with those of others; or one that opens
    /// a transaction, whose session the answer lends.
    caf::replies_to<run_atom, sql_request_parcel>::with<sql_reply_parcel>,
    /// What the session is like now.
    caf::replies_to<describe_atom, session_id>::with<sql_description>,
    /// Cancels what the session runs, on the server.
    caf::reacts_to<cancel_atom, session_id>,
    /// Nobody waits for the request of this ticket any more: it is not begun, or cancelled on the
    /// server. Its asker, if it is still there, gets `cancelled`.
    caf::reacts_to<abandon_atom, std::uint64_t>,
    /// Gives the session back: rolled back and clean, or closed if it was opened by its own
    /// conninfo.
    caf::reacts_to<return_atom, session_id>,
    /// Whether the server lets us in; the error says in one line why not.
    caf::replies_to<check_atom>::with<check_atom>>;

/// Executes the operations of one GraphQL schema, on the loop of its database.
using graphql_resolver_actor = caf::typed_actor<
    /// Requests by HTTP for its paths, as for any application.
    caf::reacts_to<serve_atom, request_batch>,
    /// A query or mutation; whatever goes wrong with it is in the answer.
    caf::replies_to<execute_atom, graphql_call_parcel>::with<graphql_answer_parcel>,
    /// A subscription: the answer is `opened`, or why not. Its subscriber may be told events
    /// before.
    caf::replies_to<open_atom, graphql_subscription_parcel>::with<graphql_answer_parcel>,
    /// The subscriber has taken the last event: only now the next is executed.
    caf::reacts_to<taken_atom, graphql_ticket>,
    /// Nobody wants the answer or the events any more: SQL is cancelled, the stream is closed, and
    /// the subscriber is told nothing. An answer that is owed is `cancelled`.
    caf::reacts_to<stop_atom, graphql_ticket>>;

/// Asks other actors on behalf of threads that are no actors.
using outside_desk_actor = caf::typed_actor<
    /// Runs the errand as itself. An errand that is dropped has not run.
    caf::reacts_to<errand_atom, errand>>;

}  // namespace puff
