#pragma once

#include "schemas/actor.hpp"
#include "schemas/messages.hpp"

/// The payloads and verbs of actors that are reached by name, apart from the others because few
/// need them.
namespace puff {

using actor_letter_parcel = parcel<actor_letter>;
using actor_call_parcel = parcel<actor_call>;
using actor_outcome_parcel = parcel<actor_outcome>;
using actor_rest_parcel = parcel<actor_rest>;
using actor_reminder_parcel = parcel<actor_reminder>;
using actor_announcement_parcel = parcel<actor_announcement>;

using ask_atom = caf::atom_constant<caf::atom("ask")>;            ///< answer this
using tell_atom = caf::atom_constant<caf::atom("tell")>;          ///< hear this
using announce_atom = caf::atom_constant<caf::atom("announce")>;  ///< I keep actors of this kind
using withdraw_atom = caf::atom_constant<caf::atom("withdraw")>;  ///< I keep them no more
using rest_atom = caf::atom_constant<caf::atom("rest")>;          ///< an actor goes to sleep
using fence_atom = caf::atom_constant<caf::atom("fence")>;        ///< what you keep is not yours
using retire_atom = caf::atom_constant<caf::atom("retire")>;      ///< give up what can move
using remind_atom = caf::atom_constant<caf::atom("remind")>;      ///< of this, later
using forget_atom = caf::atom_constant<caf::atom("forget")>;      ///< what was to be remembered
using wake_atom = caf::atom_constant<caf::atom("wake")>;          ///< come to life

}  // namespace puff

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(puff::actor_letter_parcel)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(puff::actor_call_parcel)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(puff::actor_outcome_parcel)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(puff::actor_rest_parcel)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(puff::actor_reminder_parcel)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(puff::actor_announcement_parcel)
