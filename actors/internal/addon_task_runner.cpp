#include "actors/internal/addon_task_runner.hpp"

#include <caf/send.hpp>
#include <utility>

#include "services/telemetry/log.hpp"

namespace puff {
namespace {

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (unsigned char c : text) {
    if (c == '"' || c == '\\')
      out += {'\\', static_cast<char>(c)};
    else if (c < 0x20)
      out += fmt::format("\\u{:04x}", c);
    else
      out += static_cast<char>(c);
  }
  return out + '"';
}

task_end end_of(std::uint64_t number, const expected<actor_reply>& result) {
  task_end end;
  end.number = number;
  if (result) {
    end.data = result->body;
    return end;
  }
  const auto code = code_of(result.error());
  end.outcome = code == ec::shutting_down ? task_end::how::abandoned
                : code == ec::overloaded  ? task_end::how::again
                                          : task_end::how::raised;
  end.delay = std::chrono::milliseconds{code == ec::overloaded ? 1000 : 0};
  const auto text = quoted(context_of(result.error()));
  end.data = R"({"type":"AddonError","text":)" + text + R"(,"traceback":""})";
  return end;
}

}  // namespace

addon_task_runner::addon_task_runner(self_pointer<interface> self, native_tasks tasks,
                                     task_runner_actor otherwise,
                                     resource<task_scheduler_actor> scheduler)
    : self_(self),
      tasks_(std::move(tasks)),
      otherwise_(std::move(otherwise)),
      scheduler_(std::move(scheduler)) {}

addon_task_runner::interface::behavior_type addon_task_runner::make_behavior() {
  return {
      [this](start_atom, task_attempts_parcel& batch) { start(batch.take()); },
      [this](interrupt_atom, std::uint64_t number, const std::string& why) {
        // Code of an add-on cannot be interrupted: its end comes late and is fenced.
        self_->send(otherwise_, interrupt_atom::value, number, why);
      },
  };
}

void addon_task_runner::start(task_attempts batch) {
  task_attempts others;
  for (auto& each : batch) {
    auto known = tasks_.find(each.function);
    if (known == tasks_.end())
      others.push_back(std::move(each));
    else
      run(known->second, std::move(each));
  }
  if (!others.empty()) self_->send(otherwise_, start_atom::value, task_attempts_parcel{others});
}

void addon_task_runner::run(const native_task& task, task_attempt what) {
  auto tell = [scheduler = scheduler_, number = what.number](const expected<actor_reply>& result) {
    auto receiver = scheduler.get();
    if (!receiver) return;  // it was restarted, and the task's lease ends
    task_ends ends;
    ends.push_back(end_of(number, result));
    caf::anon_send(*receiver, end_task_atom::value, task_ends_parcel{std::move(ends)});
  };
  task.addon.get().run(task.what.get(), std::move(what.param), std::move(tell));
}

}  // namespace puff
