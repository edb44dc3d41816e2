#pragma once

#include <caf/typed_actor.hpp>
#include <string>

#include "schemas/actor_messages.hpp"

/// The protocols of actors that are reached by name, as `interfaces.hpp` has those of the others.
namespace puff {

/// Keeps actors of one kind, or is the one actor of its name: what an add-on spawns.
using named_actor = caf::typed_actor<
    /// A message that is to be answered; what goes wrong is in the outcome.
    caf::replies_to<ask_atom, actor_call_parcel>::with<actor_outcome_parcel>,
    /// A message that nobody waits for.
    caf::reacts_to<tell_atom, actor_call_parcel>>;

/// A `named_actor` whose actors live on one node at a time and so must be able to end.
using actor_host_actor = named_actor::extend<
    /// The node has lost its leases: the actors of this host may be alive elsewhere. Nothing of
    /// theirs may be done or saved any more; the next message begins a new activation.
    caf::reacts_to<fence_atom>,
    /// The cluster gives this node a singleton, with this first message that has no verb.
    caf::reacts_to<wake_atom, actor_call_parcel>,
    /// Gives up the actors that other nodes can have, saved; answers when none of them is left.
    caf::replies_to<retire_atom>::with<retire_atom>,
    /// Gives all actors up, saved; answers when none is left.
    caf::replies_to<drain_atom>::with<drain_atom>>;

/// What this node knows of its cluster: lines for people and JSON for programs.
struct cluster_report {
  std::string text, json;
};
using cluster_report_parcel = parcel<cluster_report>;

/// Finds actors by name, here and on the other nodes of the cluster. Without a cluster it knows
/// those of this node.
using federation_actor = caf::typed_actor<
    /// Delivers a message and answers its outcome: by the deadline `timed_out`, as soon as it is
    /// known `unavailable` (the node is gone), `not_found`, `overloaded`.
    caf::replies_to<ask_atom, actor_letter_parcel>::with<actor_outcome_parcel>,
    /// Delivers a message at most once; nobody is told whether it arrived.
    caf::reacts_to<tell_atom, actor_letter_parcel>,
    /// From now on messages for this kind come to that actor.
    caf::reacts_to<announce_atom, actor_announcement_parcel, named_actor>,
    /// The same for a host, of singletons and keyed actors.
    caf::reacts_to<announce_atom, actor_announcement_parcel, actor_host_actor>,
    /// This node keeps actors of that kind no more.
    caf::reacts_to<withdraw_atom, std::string>,
    /// Saves and releases an actor; `cancelled` if another node has it by now.
    caf::replies_to<rest_atom, actor_rest_parcel>::with<rest_atom>,
    /// Sets a reminder of an actor of the cluster.
    caf::replies_to<remind_atom, actor_reminder_parcel>::with<remind_atom>,
    /// Takes back one of that actor (first), of that name; whether there was one.
    caf::replies_to<forget_atom, std::string, std::string>::with<bool>,
    /// What this node knows of the cluster.
    caf::replies_to<describe_atom>::with<cluster_report_parcel>,
    /// Gives up the actors that other nodes can have, and gets no more; stays a member.
    caf::replies_to<retire_atom>::with<retire_atom>,
    /// Gives all actors up and leaves the cluster.
    caf::replies_to<drain_atom>::with<drain_atom>,
    /// Whether this node is a member; the error says in one line why not.
    caf::replies_to<check_atom>::with<check_atom>>;

}  // namespace puff

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(puff::cluster_report_parcel)
