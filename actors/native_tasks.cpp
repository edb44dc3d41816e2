#include "actors/native_tasks.hpp"

#include "actors/native_ask.hpp"
#include "actors/task_interfaces.hpp"
#include "services/tasks/identity.hpp"

namespace puff {
namespace {

namespace asio = boost::asio;
using std::chrono::milliseconds;

constexpr std::chrono::seconds limit{10};  // for Redis to have a task
constexpr std::chrono::seconds grace{1};

/// A question to the queue's scheduler, which keeps the deadline.
template <class Answer, class Verb, class Question>
asio::awaitable<expected<Answer>> ask_queue(node& over, std::string queue, Verb verb,
                                            Question question, milliseconds within) {
  auto executor = co_await asio::this_coro::executor;
  auto home = home_of(over, executor);
  if (!home) co_return std::move(home.error());
  auto found = pool_named(over.task_queues(), queue, "task queue", "task_queue");
  if (!found) co_return std::move(found.error());
  question.deadline = (*home)->now() + within;
  parcel<Question> sent{std::move(question)};
  auto asked = native_ask<parcel<Answer>>(**home, *found, within + grace, verb, sent);
  auto answer = co_await std::move(asked);
  if (!answer) co_return std::move(answer.error());
  co_return answer->take();
}

/// Milliseconds since 1970; negative for what is due now.
std::int64_t due_ms(native_tasks::time_point due) {
  if (due <= std::chrono::system_clock::now()) return -1;
  return std::chrono::duration_cast<milliseconds>(due.time_since_epoch()).count();
}

}  // namespace

asio::awaitable<expected<task_id>> native_tasks::add_one(native_tasks self, tasks::record what,
                                                         time_point due) {
  thread_local tasks::identity_source ids;
  if (auto wrong = tasks::validate(what)) co_return wrong;
  task_orders orders;
  orders.tasks.push_back({ids.next(), due_ms(due), what.unique, tasks::encode(what)});
  auto asked = ask_queue<std::vector<task_id>>(*self.node_, self.queue_, add_atom::value,
                                               std::move(orders), limit);
  auto added = co_await std::move(asked);
  if (!added) co_return std::move(added.error());
  if (added->size() != 1) co_return make_error(ec::internal, "one task was added, not one id came");
  co_return added->front();
}

asio::awaitable<expected<std::string>> native_tasks::wait_for(native_tasks self, task_id of,
                                                              milliseconds within) {
  task_wait question;
  question.id = of;
  auto asked = ask_queue<task_result>(*self.node_, self.queue_, wait_atom::value,
                                      std::move(question), within);
  auto given = co_await std::move(asked);
  if (!given) co_return std::move(given.error());
  if (given->empty()) co_return make_error(ec::timed_out, "the task has no result yet");
  if (given->front() == '-') co_return make_error(ec::python_failed, given->substr(1));
  co_return given->substr(1);
}

}  // namespace puff
