#include "actors/task_scheduler.hpp"

#include <caf/send.hpp>
#include <utility>

#include "actors/core/shared_promise.hpp"
#include "services/telemetry/log.hpp"

namespace puff {
namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

constexpr auto check_time_limit = 5s;
constexpr auto heartbeat = 1s;

}  // namespace

task_scheduler::task_scheduler(self_pointer<interface> self, boost::asio::io_context& io,
                               task_scheduler_options options)
    : self_(self), io_(io), options_(std::move(options)) {}

task_scheduler::~task_scheduler() {
  // Their callbacks mention each other and this.
  subscriber_.reset();
  if (client_) client_->close();
  worker_.reset();
  results_.reset();
}

task_scheduler::interface::behavior_type task_scheduler::make_behavior() {
  auto& wheel = self_->home()->deadlines();
  client_ = std::make_unique<redis::client>(io_, wheel, options_.client);
  client_->start();
  store_ = std::make_unique<tasks::store>(static_cast<command_port&>(*this), options_.queue);
  worker_ = std::make_unique<tasks::worker>(*store_, wheel, options_.worker,
                                            static_cast<task_runner&>(*this));
  auto own = store_->prefix() + "n:" + tasks::to_text(ids_.next());
  results_ = std::make_unique<tasks::results>(*store_, wheel, own);
  redis::subscriber_options hearing;
  hearing.connection = options_.client.connection;
  subscriber_ = std::make_unique<redis::subscriber>(io_, wheel, hearing,
                                                    static_cast<subscriber_listener&>(*this));
  for (const auto& each : {own, store_->prefix() + "ctl"})
    subscriber_->subscribe(subscription_kind::channel, each, clock::now() + 24h,
                           [](const error&) {});
  heartbeat_ = every(self_, heartbeat, [this] { tick(); });
  return {
      [this](add_atom, task_orders_parcel& orders) { return add(orders.take()); },
      [this](wait_atom, task_wait_parcel& what) { return wait(what.take()); },
      [this](call_atom, task_call_parcel& what) { return call(what.take()); },
      [this](end_task_atom, task_ends_parcel& ends) { worker_->end(ends.take()); },
      [this](hire_atom, task_runner_actor& runner) { hire(std::move(runner)); },
      [this](rhythm_atom, task_rhythms_parcel& all) { take_rhythms(all.take()); },
      [this](drain_atom) { return drain(); },
      [this](check_atom) { return check(); },
  };
}

void task_scheduler::send(redis_commands commands, clock::time_point deadline,
                          reply_callback done) {
  client_->send(std::move(commands), deadline, std::move(done));
}

void task_scheduler::start(task_attempts batch) {
  self_->send(runner_, start_atom::value, task_attempts_parcel{std::move(batch)});
}

void task_scheduler::interrupt(std::uint64_t number, std::string why) {
  self_->send(runner_, interrupt_atom::value, number, std::move(why));
}

void task_scheduler::on_message(subscription_kind, const std::string& channel, std::string,
                                std::string payload) {
  if (channel == results_->channel()) return results_->take(payload);
  if (payload.size() != 17 || payload[0] != 'c') return;
  if (auto id = task_id::from(std::string_view{payload}.substr(1))) worker_->cancel(*id);
}

void task_scheduler::on_refused(subscription_kind, const std::string& channel, const error& why) {
  log::warning("tasks", "queue {}: cannot subscribe to {}: {}", options_.queue, channel,
               describe(why));
}

caf::delegated<task_ids_parcel> task_scheduler::add(task_orders orders) {
  added_.push_back({std::move(orders), make_promise<task_ids_parcel>(self_)});
  // What comes within one turn of the loop leaves together.
  if (added_.size() == 1)
    self_->home()->post([this, home = self_->home(), id = self_->id()] {
      if (home->hosts(id)) flush_added();
    });
  return {};
}

void task_scheduler::flush_added() {
  auto all = std::exchange(added_, {});
  struct batch {
    std::vector<task_order> orders;
    std::vector<std::pair<std::size_t, promise<task_ids_parcel>>> owed;
    clock::time_point deadline{};
  };
  auto together = std::make_shared<batch>();
  auto leave = [this](const std::shared_ptr<batch>& b) {
    if (b->orders.empty()) return;
    store_->add(b->orders.data(), b->orders.size(), true, b->deadline,
                [b](expected<std::vector<task_id>> ids) {
                  std::size_t at = 0;
                  for (auto& [count, owed] : b->owed) {
                    if (!ids) {
                      owed.deliver(ids.error());
                      continue;
                    }
                    auto first = ids->begin() + static_cast<std::ptrdiff_t>(at);
                    at += count;
                    owed.deliver(task_ids_parcel{
                        std::vector<task_id>(first, first + static_cast<std::ptrdiff_t>(count))});
                  }
                });
  };
  for (auto& each : all) {
    auto& orders = each.orders;
    if (orders.tasks.size() > 32 || !orders.wake || !orders.later.empty()) {
      add_long(std::make_shared<adding>(std::move(each)), std::make_shared<std::vector<task_id>>());
      continue;
    }
    if (together->orders.size() + orders.tasks.size() > tasks::store::batch / 4) {
      leave(together);
      together = std::make_shared<batch>();
    }
    together->deadline = std::max(together->deadline, orders.deadline);
    together->owed.emplace_back(orders.tasks.size(), std::move(each.owed));
    std::move(orders.tasks.begin(), orders.tasks.end(), std::back_inserter(together->orders));
  }
  leave(together);
}

void task_scheduler::add_long(std::shared_ptr<adding> what,
                              std::shared_ptr<std::vector<task_id>> ids) {
  auto& orders = what->orders;
  if (!orders.later.empty()) {
    auto words = std::exchange(orders.later, {});
    store_->run(*tasks::script_named("chain"), {words.begin(), words.end()}, orders.deadline,
                [this, what, ids](expected<redis_value> done) {
                  if (!done) return what->owed.deliver(std::move(done.error()));
                  add_long(what, ids);
                });
    return;
  }
  const auto at = ids->size();
  const auto count = std::min(orders.tasks.size() - at, tasks::store::batch);
  store_->add(orders.tasks.data() + at, count, orders.wake, orders.deadline,
              [this, what, ids](expected<std::vector<task_id>> added) {
                if (!added) return what->owed.deliver(std::move(added.error()));
                ids->insert(ids->end(), added->begin(), added->end());
                if (ids->size() >= what->orders.tasks.size() || added->empty())
                  return what->owed.deliver(task_ids_parcel{std::move(*ids)});
                add_long(what, ids);
              });
}

caf::delegated<task_result_parcel> task_scheduler::wait(const task_wait& what) {
  results_->wait(
      what, [owed = make_shared_promise<task_result_parcel>(self_)](expected<task_result> result) {
        if (result)
          owed->deliver(task_result_parcel{std::move(*result)});
        else
          owed->deliver(std::move(result.error()));
      });
  return {};
}

caf::delegated<redis_reply> task_scheduler::call(task_call what) {
  auto owed = make_shared_promise<redis_reply>(self_);
  auto* script = tasks::script_named(what.script);
  if (!script) {
    owed->deliver(make_error(ec::bad_argument, "task queues have no script '" + what.script + "'"));
    return {};
  }
  store_->run(*script, {what.arguments.begin(), what.arguments.end()}, what.deadline,
              [owed](expected<redis_value> value) {
                if (value)
                  owed->deliver(redis_reply{std::vector{std::move(*value)}});
                else
                  owed->deliver(std::move(value.error()));
              });
  return {};
}

void task_scheduler::hire(task_runner_actor runner) {
  runner_ = std::move(runner);
  worker_->open();
}

void task_scheduler::take_rhythms(task_rhythms all) {
  for (auto& each : all) {
    auto when = tasks::cron::parse(each.cron);
    if (!when) {
      log::error("tasks", "{}: {}", each.name, context_of(when.error()));
      continue;
    }
    std::erase_if(rhythms_, [&](const rhythm& r) { return r.what.name == each.name; });
    rhythms_.push_back({std::move(each), *when});
  }
}

caf::delegated<drain_atom> task_scheduler::drain() {
  draining_.push_back(make_promise<drain_atom>(self_));
  worker_->drain([this] {
    for (auto& each : std::exchange(draining_, {})) each.deliver(drain_atom::value);
  });
  return {};
}

caf::delegated<check_atom> task_scheduler::check() {
  client_->ping(clock::now() + check_time_limit, deliver_to(self_, check_atom::value));
  return {};
}

void task_scheduler::tick() {
  if (runner_) worker_->tick();
  results_->tick();
  if (draining_.empty() && worker_->server_ms() > 0)
    for (auto& each : rhythms_) announce(each);
  count();
}

void task_scheduler::announce(rhythm& r) {
  using namespace std::chrono;
  const sys_seconds now{floor<seconds>(milliseconds{worker_->server_ms()})};
  auto next = r.when.after(now);
  if (!next) return;
  const auto due = duration_cast<milliseconds>(next->time_since_epoch()).count();
  if (due <= r.announced_ms) return;
  const auto words = std::to_string(due);
  const auto id = ids_.next();
  store_->run(*tasks::script_named("manage"),
              {"cron", r.what.name, words, id.view(), r.what.record}, clock::now() + 10s,
              [this, name = r.what.name, due](const expected<redis_value>& said) {
                if (!said) return;
                for (auto& each : rhythms_)
                  if (each.what.name == name) each.announced_ms = std::max(each.announced_ms, due);
              });
}

void task_scheduler::count() {
  auto& counts = self_->counts();
  const auto s = worker_->stats();
  counts.level("running") = s.running;
  counts.level("prefetched") = s.prefetched;
  counts.level("ending") = s.ending;
  counts.level("waiters") = results_->waiting();
  counts.total("done") = s.done;
  counts.total("failed") = s.failed;
  counts.total("retried") = s.retried;
  counts.total("dead") = s.dead;
  counts.total("timed out") = s.timed_out;
  counts.total("given back") = s.given_back;
  counts.total("leases lost") = s.lost;
}

}  // namespace puff
