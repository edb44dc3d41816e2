#pragma once

#include <caf/typed_actor.hpp>

#include "schemas/messages.hpp"

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

}  // namespace puff
