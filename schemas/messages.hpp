#pragma once

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/atom.hpp>
#include <memory>
#include <vector>

#include "schemas/graphql.hpp"
#include "schemas/pubsub.hpp"
#include "schemas/redis_value.hpp"
#include "schemas/request.hpp"
#include "schemas/response.hpp"
#include "schemas/sql.hpp"

namespace puff {

/// A payload that crosses threads without being copied: the sender gives it away, the one receiver
/// takes it. CAF may copy a message's tuple, so the content sits behind a shared pointer.
template <class T>
class parcel {
 public:
  parcel() = default;
  explicit parcel(T content) : content_(std::make_shared<T>(std::move(content))) {}
  /// Content whose deleter does something about it if nobody has taken it.
  explicit parcel(std::shared_ptr<T> content) : content_(std::move(content)) {}
  /// The content; for the one receiver, once.
  T take() const { return content_ ? std::move(*content_) : T{}; }

 private:
  std::shared_ptr<T> content_;
};

using request_batch = parcel<request_events>;
using response_batch = parcel<response_parts>;
using redis_request = parcel<redis_commands>;
using redis_reply = parcel<std::vector<redis_value>>;
using publication_parcel = parcel<publication>;
using channel_question_parcel = parcel<channel_question>;
using pubsub_messages_parcel = parcel<pubsub_messages>;
using pubsub_presents_parcel = parcel<pubsub_presents>;
using sql_lease_wish = parcel<sql_lease>;
using sql_leased = parcel<sql_lent>;
using sql_request_parcel = parcel<sql_request>;
using sql_reply_parcel = parcel<sql_reply>;
using sql_description = parcel<sql_session>;
using graphql_call_parcel = parcel<graphql_call>;
using graphql_answer_parcel = parcel<graphql_answer>;

/// A subscription that somebody wishes, and whom its events are told.
struct graphql_subscription {
  graphql_call call;  ///< with a ticket
  std::shared_ptr<graphql_subscriber> to;
};
using graphql_subscription_parcel = parcel<graphql_subscription>;

// Verbs. Texts have at most ten characters.
using serve_atom = caf::atom_constant<caf::atom("serve")>;      ///< events for an application
using answer_atom = caf::atom_constant<caf::atom("answer")>;    ///< parts for a listener
using command_atom = caf::atom_constant<caf::atom("command")>;  ///< commands for Redis
using drain_atom = caf::atom_constant<caf::atom("drain")>;  ///< finish what you have, take no more
using check_atom = caf::atom_constant<caf::atom("check")>;  ///< are you able to work?
using lease_atom = caf::atom_constant<caf::atom("lease")>;  ///< a session for me alone
using run_atom = caf::atom_constant<caf::atom("run")>;      ///< a request for a session
using describe_atom = caf::atom_constant<caf::atom("describe")>;    ///< what is it like now?
using cancel_atom = caf::atom_constant<caf::atom("cancel")>;        ///< stop what runs
using return_atom = caf::atom_constant<caf::atom("return")>;        ///< what was lent is not needed
using errand_atom = caf::atom_constant<caf::atom("errand")>;        ///< do this in my place
using subscribe_atom = caf::atom_constant<caf::atom("subscribe")>;  ///< let me hear a channel
using leave_atom = caf::atom_constant<caf::atom("leave")>;          ///< no more of a channel
using forget_atom = caf::atom_constant<caf::atom("forget")>;        ///< I am gone
using publish_atom = caf::atom_constant<caf::atom("publish")>;      ///< tell all who listen
using attend_atom = caf::atom_constant<caf::atom("attend")>;        ///< I enter, or leave
using recall_atom = caf::atom_constant<caf::atom("recall")>;        ///< what was published?
using present_atom = caf::atom_constant<caf::atom("present")>;      ///< who is there?
using abandon_atom = caf::atom_constant<caf::atom("abandon")>;      ///< nobody waits for it
using execute_atom = caf::atom_constant<caf::atom("execute")>;      ///< run this operation
using open_atom = caf::atom_constant<caf::atom("open")>;            ///< begin this stream
using taken_atom = caf::atom_constant<caf::atom("taken")>;          ///< the next, please
using stop_atom = caf::atom_constant<caf::atom("stop")>;            ///< nobody wants it any more

}  // namespace puff

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(puff::request_batch)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(puff::response_batch)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(puff::redis_request)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(puff::redis_reply)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(puff::sql_lease_wish)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(puff::sql_leased)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(puff::sql_request_parcel)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(puff::sql_reply_parcel)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(puff::sql_description)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(puff::publication_parcel)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(puff::channel_question_parcel)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(puff::pubsub_messages_parcel)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(puff::pubsub_presents_parcel)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(puff::graphql_call_parcel)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(puff::graphql_answer_parcel)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(puff::graphql_subscription_parcel)
