#include "services/tasks/store.hpp"

#include <algorithm>
#include <memory>

#include "services/redis/command.hpp"
#include "services/tasks/record.hpp"

namespace puff::tasks {
namespace {

using array = redis_value::array;

/// Reads replies whose form the scripts fix; remembers whether all was as expected.
class reader {
 public:
  explicit reader(const redis_value& v) : items_(std::get_if<array>(&v.data)) {}

  std::int64_t number() {
    auto* v = next();
    auto* n = v ? std::get_if<std::int64_t>(&v->data) : nullptr;
    good_ = good_ && n;
    return n ? *n : 0;
  }
  std::string text() {
    auto* v = next();
    auto* t = v ? std::get_if<std::string>(&v->data) : nullptr;
    good_ = good_ && t;
    return t ? *t : std::string{};
  }
  task_id id() {
    auto found = task_id::from(text());
    good_ = good_ && found;
    return found.value_or(task_id{});
  }
  /// Places count from 1 in Lua.
  std::vector<std::size_t> places() {
    std::vector<std::size_t> out;
    auto* v = next();
    auto* list = v ? std::get_if<array>(&v->data) : nullptr;
    good_ = good_ && list;
    if (list)
      for (const auto& each : *list)
        if (auto* n = std::get_if<std::int64_t>(&each.data))
          out.push_back(static_cast<std::size_t>(*n - 1));
    return out;
  }
  reader list() {
    static const redis_value none{};
    auto* v = next();
    return reader{v ? *v : none};
  }
  bool more() const noexcept { return items_ && at_ < items_->size(); }
  bool good() const noexcept { return good_ && items_; }

 private:
  const redis_value* next() {
    if (more()) return &(*items_)[at_++];
    good_ = false;
    return nullptr;
  }
  const array* items_;
  std::size_t at_ = 0;
  bool good_ = true;
};

error strange(const char* script) {
  return make_error(ec::server_error, std::string{"the reply of the queue's script '"} + script +
                                          "' is not understood");
}

expected<cycle_reply> read_cycle(const redis_value& v) {
  reader r{v};
  cycle_reply out;
  out.now_ms = r.number();
  out.next_due_ms = r.number();
  out.ready = static_cast<std::uint64_t>(r.number());
  out.refused = r.places();
  auto claims = r.list();
  while (claims.more()) {
    claim c;
    c.id = claims.id();
    c.token = static_cast<std::uint32_t>(claims.number());
    c.attempt = static_cast<std::uint32_t>(claims.number());
    c.record = claims.text();
    out.claimed.push_back(std::move(c));
  }
  if (!r.good() || !claims.good()) return strange("cycle");
  return out;
}

expected<tick_reply> read_tick(const redis_value& v) {
  reader r{v};
  tick_reply out;
  out.now_ms = r.number();
  out.next_due_ms = r.number();
  out.ready = static_cast<std::uint64_t>(r.number());
  out.lost = r.places();
  out.cancelled = r.places();
  if (!r.good()) return strange("tick");
  return out;
}

expected<std::vector<task_id>> read_ids(const redis_value& v) {
  reader r{v};
  std::vector<task_id> ids;
  while (r.more()) ids.push_back(r.id());
  if (!r.good()) return strange("add");
  return ids;
}

template <class T>
auto reading(expected<T> (*read)(const redis_value&), std::function<void(expected<T>)> done) {
  return [read, done = std::move(done)](expected<redis_value> v) {
    done(v ? read(*v) : expected<T>{std::move(v.error())});
  };
}

/// Keeps the texts of numbers alive until a call is encoded.
class words {
 public:
  explicit words(std::size_t count) {
    numbers_.reserve(count);
    all.reserve(count);
  }
  void add(std::string_view text) { all.push_back(text); }
  void add(std::int64_t number) { all.push_back(numbers_.emplace_back(std::to_string(number))); }

  std::vector<std::string_view> all;

 private:
  std::vector<std::string> numbers_;
};

/// Whether there is nothing to decide when it is added: it goes to the end of the list.
bool enlists(const task_order& order) {
  return order.due_ms < 0 && order.unique.empty() && has_usual_priority(order.record);
}

}  // namespace

store::store(command_port& port, std::string queue)
    : port_(port), queue_(std::move(queue)), prefix_("{puff:tasks:" + queue_ + "}:") {}

void store::run(const script& what, const std::vector<std::string_view>& arguments,
                clock::time_point deadline, answer<redis_value> done) {
  redis::call_script(
      port_, what, prefix_, arguments, deadline,
      [this, done = std::move(done)](expected<redis_value> reply) {
        if (reply) return done(std::move(reply));
        const auto& why = reply.error();
        done(make_error(code_of(why), "task queue '" + queue_ + "': " + context_of(why)));
      });
}

void store::add(const task_order* first, std::size_t count, bool wake, clock::time_point deadline,
                answer<std::vector<task_id>> done) {
  if (std::all_of(first, first + count, &enlists))
    return enlist(first, count, wake, deadline, std::move(done));
  static const auto& script = *script_named("add");
  words w{1 + 4 * count};
  w.add(wake ? "1" : "0");
  for (const auto* each = first; each != first + count; ++each) {
    w.add(each->id.view());
    if (each->due_ms < 0)
      w.add("");
    else
      w.add(each->due_ms);
    w.add(each->unique);
    w.add(each->record);
  }
  run(script, w.all, deadline, reading(&read_ids, std::move(done)));
}

void store::enlist(const task_order* first, std::size_t count, bool wake,
                   clock::time_point deadline, answer<std::vector<task_id>> done) {
  static const auto& script = *script_named("enlist");
  words w{1 + 2 * count};
  w.add(wake ? "1" : "0");
  std::vector<task_id> ids;
  ids.reserve(count);
  for (const auto* each = first; each != first + count; ++each) {
    w.add(each->id.view());
    w.add(each->record);
    ids.push_back(each->id);
  }
  run(script, w.all, deadline,
      [ids = std::move(ids), done = std::move(done)](const expected<redis_value>& reply) mutable {
        if (!reply) return done(reply.error());
        done(std::move(ids));
      });
}

void store::cycle(const std::vector<ending>& ends, std::size_t wanted,
                  std::chrono::milliseconds lease, clock::time_point deadline,
                  answer<cycle_reply> done) {
  static const auto& script = *script_named("cycle");
  words w{3 + 7 * ends.size()};
  w.add(lease.count());
  w.add(static_cast<std::int64_t>(wanted));
  w.add(static_cast<std::int64_t>(ends.size()));
  for (const auto& each : ends) {
    w.add(each.id.view());
    w.add(std::int64_t{each.token});
    w.add({reinterpret_cast<const char*>(&each.what), 1});
    w.add(each.special ? "1" : "0");
    w.add(std::int64_t{each.keep.count()});
    w.add(std::int64_t{each.delay.count()});
    w.add(each.data);
  }
  run(script, w.all, deadline, reading(&read_cycle, std::move(done)));
}

void store::tick(const std::string& node, const std::vector<claim>& held,
                 std::chrono::milliseconds lease, clock::time_point deadline,
                 answer<tick_reply> done) {
  static const auto& script = *script_named("tick");
  words w{3 + 2 * held.size()};
  w.add(node);
  w.add(lease.count());
  w.add(static_cast<std::int64_t>(held.size()));
  for (const auto& each : held) {
    w.add(each.id.view());
    w.add(std::int64_t{each.token});
  }
  run(script, w.all, deadline, reading(&read_tick, std::move(done)));
}

void store::await_marker(std::chrono::milliseconds patience, answer<bool> done) {
  auto seconds = std::to_string(std::chrono::ceil<std::chrono::seconds>(patience).count());
  // The server's own time-out comes first: a marker is never lost with a connection that is closed.
  const auto deadline = clock::now() + patience + std::chrono::seconds{5};
  port_.send(redis::make_command({"BZPOPMIN", prefix_ + "m", seconds}), deadline,
             [done = std::move(done)](expected<std::vector<redis_value>> replies) {
               if (!replies) return done(std::move(replies.error()));
               if (auto* failed = std::get_if<redis_value::failure>(&replies->front().data))
                 return done(make_error(ec::server_error, failed->text));
               done(std::holds_alternative<array>(replies->front().data));
             });
}

}  // namespace puff::tasks
