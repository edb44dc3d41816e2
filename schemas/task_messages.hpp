#pragma once

#include <vector>

#include "schemas/messages.hpp"
#include "schemas/task.hpp"

/// The payloads and verbs of task queues, apart from the others because few need them.
namespace puff {

using task_orders_parcel = parcel<task_orders>;
using task_ids_parcel = parcel<std::vector<task_id>>;
using task_attempts_parcel = parcel<task_attempts>;
using task_ends_parcel = parcel<task_ends>;
using task_wait_parcel = parcel<task_wait>;
using task_result_parcel = parcel<task_result>;
using task_call_parcel = parcel<task_call>;
using task_rhythms_parcel = parcel<task_rhythms>;

using add_atom = caf::atom_constant<caf::atom("add")>;              ///< tasks for the queue
using wait_atom = caf::atom_constant<caf::atom("wait")>;            ///< how did a task end?
using end_task_atom = caf::atom_constant<caf::atom("endtask")>;     ///< attempts are over
using call_atom = caf::atom_constant<caf::atom("call")>;            ///< one of a queue's scripts
using hire_atom = caf::atom_constant<caf::atom("hire")>;            ///< I run tasks
using rhythm_atom = caf::atom_constant<caf::atom("rhythm")>;        ///< tasks that come again
using start_atom = caf::atom_constant<caf::atom("start")>;          ///< run these
using interrupt_atom = caf::atom_constant<caf::atom("interrupt")>;  ///< end this one

}  // namespace puff

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(puff::task_orders_parcel)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(puff::task_ids_parcel)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(puff::task_attempts_parcel)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(puff::task_ends_parcel)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(puff::task_wait_parcel)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(puff::task_result_parcel)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(puff::task_call_parcel)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(puff::task_rhythms_parcel)
