#pragma once

#include <caf/typed_actor.hpp>
#include <cstdint>
#include <string>

#include "schemas/task_messages.hpp"

/// The protocols of task queues, as `interfaces.hpp` has those of the others.
namespace puff {

/// Runs tasks: Python's thread of greenlets. What has ended goes back as `end_task_atom`.
using task_runner_actor = caf::typed_actor<
    /// Attempts to begin now.
    caf::reacts_to<start_atom, task_attempts_parcel>,
    /// Ends an attempt where it waits next, for the reason given; it is reported as ended.
    caf::reacts_to<interrupt_atom, std::uint64_t, std::string>>;

/// Owns this node's part of one task queue.
using task_scheduler_actor = caf::typed_actor<
    /// Puts tasks into the queue; answers their ids when Redis has them.
    caf::replies_to<add_atom, task_orders_parcel>::with<task_ids_parcel>,
    /// The result of a task, waited for until the deadline; empty if there is none.
    caf::replies_to<wait_atom, task_wait_parcel>::with<task_result_parcel>,
    /// Runs one of the queue's scripts and answers its one value.
    caf::replies_to<call_atom, task_call_parcel>::with<redis_reply>,
    /// Attempts that a runner was given have ended.
    caf::reacts_to<end_task_atom, task_ends_parcel>,
    /// From now on tasks are claimed, for this runner.
    caf::reacts_to<hire_atom, task_runner_actor>,
    /// Tasks that come again and again, on one node of all that say so.
    caf::reacts_to<rhythm_atom, task_rhythms_parcel>,
    /// Claims no more, gives back what has not begun; answers when nothing runs and all is told.
    caf::replies_to<drain_atom>::with<drain_atom>,
    /// Whether the server answers a PING; the error says in one line why not.
    caf::replies_to<check_atom>::with<check_atom>>;

}  // namespace puff
