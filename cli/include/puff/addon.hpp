#pragma once

/// What an add-on in C++17 or later includes: a shared library that Puff loads. It stands on the C
/// interface alone, so the add-on needs neither Puff's libraries nor its compiler.
///
///     void start(puff::addon::host& puff) {
///       puff.add_route("GET", "/hello", [](const puff::addon::request&) {
///         return puff::addon::response{200, "text/plain", "Hello from an add-on\n"};
///       });
///     }
///     PUFF_ADDON("shop", "1.0", start)
///
/// Handlers may throw: whoever waits is told `what()`. They run on the add-on's own threads and may
/// block; what belongs to one actor runs one at a time.
#include <chrono>
#include <cstring>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "schemas/addon.h"

namespace puff::addon {

/// What actors say to each other; also an answer, whose verb is empty.
struct message {
  std::string verb;
  std::string content_type;
  std::string body;
};

/// An answer of JSON, or a question whose arguments are a JSON array.
inline message json(std::string body, std::string verb = {}) {
  return {std::move(verb), "application/json", std::move(body)};
}
inline message bytes(std::string body, std::string verb = {}) {
  return {std::move(verb), "application/octet-stream", std::move(body)};
}

/// Why there is no answer; thrown by a handler it is told to whoever asked.
class failure : public std::runtime_error {
 public:
  failure(std::uint32_t status, const std::string& text)
      : std::runtime_error(text), status_(status) {}
  std::uint32_t status() const noexcept { return status_; }  ///< of `puff_status`

 private:
  std::uint32_t status_;
};

namespace internal {

inline puff_text view(std::string_view s) { return {s.data(), s.size()}; }
inline std::string copy(puff_text t) {
  return t.size == 0 ? std::string{} : std::string{t.data, t.size};
}
inline message copy(const puff_message& m) {
  return {copy(m.verb), copy(m.content_type), copy(m.body)};
}
inline puff_message view(const message& m) {
  return {view(m.verb), view(m.content_type), view(m.body)};
}

}  // namespace internal

/// A request of HTTP, whole.
struct request {
  std::string method, target, body, client;
  std::vector<std::pair<std::string, std::string>> fields;
  std::map<std::string, std::string> params;  ///< of the route's pattern

  /// The first field of that name, without regard to case; empty if there is none.
  std::string_view field(std::string_view name) const {
    for (const auto& [key, value] : fields)
      if (key.size() == name.size() && strncasecmp(key.data(), name.data(), name.size()) == 0)
        return value;
    return {};
  }
};

struct response {
  std::uint16_t status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::string body;
  std::vector<std::pair<std::string, std::string>> fields{};
};

class host;

/// A question to be answered later: keep it, and call one of its members once, from any thread. One
/// that is dropped is answered as failed.
class question {
 public:
  question(const puff_host& to, puff_handle call) : host_(&to), call_(call) {}
  question(question&& other) noexcept : host_(other.host_), call_(std::exchange(other.call_, 0)) {}
  question& operator=(question&& other) noexcept {
    std::swap(host_, other.host_);
    std::swap(call_, other.call_);
    return *this;
  }
  ~question() { fail(PUFF_FAILED, "the add-on has dropped the question"); }

  /// Whether anybody waits.
  explicit operator bool() const noexcept { return call_ != 0; }
  void answer(const message& reply) {
    const auto whole = internal::view(reply);
    if (auto call = std::exchange(call_, 0)) host_->answer(host_->self, call, &whole);
  }
  void fail(std::uint32_t status, std::string_view why) {
    if (auto call = std::exchange(call_, 0))
      host_->fail(host_->self, call, status, internal::view(why));
  }

 private:
  const puff_host* host_;
  puff_handle call_;
};

/// One actor of the add-on, its messages one at a time. Override one of the two.
class actor {
 public:
  virtual ~actor() = default;
  /// The answer to a message; ignored if nobody waits.
  virtual message receive(const message& what) {
    throw failure{PUFF_UNSUPPORTED, "'" + what.verb + "' is not understood"};
  }
  /// The same with an answer that may come later: move the question to where it is kept.
  virtual void receive(const message& what, question& from) { from.answer(receive(what)); }

  puff_handle handle() const noexcept { return handle_; }

 private:
  friend class host;
  puff_handle handle_ = 0;
};

namespace internal {

/// Runs a handler and tells what it throws.
template <class F, class Tell>
void guarded(F&& run, Tell&& tell) noexcept {
  try {
    run();
  } catch (const failure& thrown) {
    tell(thrown.status(), thrown.what());
  } catch (const std::exception& thrown) {
    tell(std::uint32_t{PUFF_FAILED}, thrown.what());
  } catch (...) {
    tell(std::uint32_t{PUFF_FAILED}, "it threw what is no std::exception");
  }
}

}  // namespace internal

/// Puff, as the add-on knows it; there until the process ends. Registrations are for the start
/// alone; everything else may be called from any thread.
class host {
 public:
  using clock = std::chrono::milliseconds;
  using replied = std::function<void(message)>;
  using failed = std::function<void(const failure&)>;

  explicit host(const puff_host& table) : table_(table) {}
  host(const host&) = delete;
  host& operator=(const host&) = delete;

  /// An actor that others reach by `name`, on any node of the cluster. It lives until the end.
  actor& add_actor(const std::string& name, std::unique_ptr<actor> one) {
    auto& kept = *actors_.emplace_back(std::move(one));
    auto* state = keep(actor_state{this, &kept});
    kept.handle_ = table_.add_actor(table_.self, internal::view(name), on_message, state);
    return kept;
  }

  void add_route(const std::string& method, const std::string& pattern,
                 std::function<response(const request&)> serve) {
    auto* state = keep(route_state{this, std::move(serve)});
    table_.add_route(table_.self, internal::view(method), internal::view(pattern), on_request,
                     state);
  }

  /// A command of the command line, without a node; returns its exit status.
  void add_command(const std::string& name, const std::string& about,
                   std::function<int(const std::vector<std::string>&)> run) {
    auto* state = keep(command_state{this, std::move(run)});
    table_.add_command(table_.self, internal::view(name), internal::view(about), on_command, state);
  }

  /// Runs the tasks that are added to any queue under this name: its parameter and result are JSON.
  void add_task(const std::string& name, std::function<std::string(const std::string&)> run) {
    auto* state = keep(task_state{this, std::move(run)});
    table_.add_task(table_.self, internal::view(name), on_task, state);
  }

  /// A module for Python's `import`, by its PyInit function.
  template <class Init>
  void add_python_module(const std::string& name, Init* init) {
    table_.add_python_module(table_.self, internal::view(name),
                             reinterpret_cast<void* (*)()>(init));
  }

  void tell(const std::string& name, const message& what) const {
    const auto whole = internal::view(what);
    table_.tell(table_.self, internal::view(name), &whole);
  }

  /// Asks whoever has the name. One of the two functions is called once: as mail of `by`, or on any
  /// of the add-on's threads.
  void ask(const std::string& name, const message& what, clock within, replied on_reply,
           failed on_failure, const actor* by = nullptr) const {
    send(by ? by->handle() : 0, name, what, within, std::move(on_reply), std::move(on_failure));
  }

  /// The same, waiting on this thread, whose place another one takes meanwhile; throws `failure`.
  message ask(const std::string& name, const message& what, clock within) const {
    auto answer = std::make_shared<std::promise<message>>();
    auto waiting = answer->get_future();
    auto on_reply = [answer](message reply) { answer->set_value(std::move(reply)); };
    auto on_failure = [answer](const failure& why) {
      answer->set_exception(std::make_exception_ptr(why));
    };
    send(PUFF_ANYWHERE, name, what, within, on_reply, on_failure);
    const place_lent lent{table_};
    // Puff answers in time, but for a node that has ended meanwhile.
    if (waiting.wait_for(within + std::chrono::seconds{1}) != std::future_status::ready)
      throw failure{PUFF_TIMED_OUT, "'" + name + "' has not answered"};
    return waiting.get();
  }

  /// Calls `fired` once, later: as mail of `by`, or on any of the add-on's threads.
  puff_handle after(clock time, std::function<void()> fired, const actor* by = nullptr) const {
    auto state = std::make_unique<timer>(timer{this, std::move(fired)});
    return table_.after(table_.self, by ? by->handle() : 0,
                        static_cast<std::uint64_t>(time.count()), on_fired, state.release());
  }

  /// A value of `settings` of this add-on in puff.toml.
  std::string setting(std::string_view key, std::string fallback = {}) const {
    puff_text value{};
    const auto status = table_.setting(table_.self, internal::view(key), &value);
    return status == PUFF_OK ? internal::copy(value) : std::move(fallback);
  }

  void debug(std::string_view text) const { log(PUFF_DEBUG, text); }
  void info(std::string_view text) const { log(PUFF_INFO, text); }
  void warning(std::string_view text) const { log(PUFF_WARNING, text); }
  void error(std::string_view text) const { log(PUFF_ERROR, text); }

  std::string version() const { return internal::copy(table_.version); }

 private:
  struct actor_state {
    host* of;
    actor* who;
  };
  struct route_state {
    host* of;
    std::function<response(const request&)> serve;
  };
  struct command_state {
    host* of;
    std::function<int(const std::vector<std::string>&)> run;
  };
  struct task_state {
    host* of;
    std::function<std::string(const std::string&)> run;
  };
  struct asked {
    const host* of;
    replied on_reply;
    failed on_failure;
  };
  struct timer {
    const host* of;
    std::function<void()> fired;
  };

  struct place_lent {
    explicit place_lent(const puff_host& to) : table(to) { table.wait(table.self, 1); }
    ~place_lent() { table.wait(table.self, 0); }
    const puff_host& table;
  };

  void send(puff_handle by, const std::string& name, const message& what, clock within,
            replied on_reply, failed on_failure) const {
    auto state = std::make_unique<asked>(asked{this, std::move(on_reply), std::move(on_failure)});
    const auto whole = internal::view(what);
    table_.ask(table_.self, by, internal::view(name), &whole,
               static_cast<std::uint64_t>(within.count()), on_replied, state.release());
  }

  template <class State>
  State* keep(State state) {
    auto kept = std::make_shared<State>(std::move(state));
    states_.push_back(kept);
    return kept.get();
  }
  void log(std::uint32_t level, std::string_view text) const {
    table_.log(table_.self, level, internal::view(text));
  }
  auto complaining(const char* what) const {
    return [this, what](std::uint32_t, const char* why) {
      error(std::string{what} + " threw: " + why);
    };
  }

  static void on_message(void* state, puff_handle call, const puff_message* what) {
    auto& self = *static_cast<actor_state*>(state);
    const auto& table = self.of->table_;
    question from{table, call};
    std::string why;
    std::uint32_t status = PUFF_OK;
    internal::guarded([&] { self.who->receive(internal::copy(*what), from); },
                      [&](std::uint32_t code, const char* text) {
                        status = code;
                        why = text;
                      });
    if (status != PUFF_OK) from.fail(status, why);
  }

  static void on_request(void* state, puff_handle exchange, const puff_request* what) {
    auto& self = *static_cast<route_state*>(state);
    internal::guarded([&] { self.of->respond(exchange, self.serve(request_of(*what))); },
                      [&](std::uint32_t, const char* why) {
                        self.of->error("a route threw: " + std::string{why});
                        self.of->respond(exchange, {500, "text/plain", "the add-on failed\n"});
                      });
  }

  static int on_command(void* state, const puff_text* words, std::size_t count) {
    auto& self = *static_cast<command_state*>(state);
    int status = 1;
    internal::guarded(
        [&] {
          std::vector<std::string> all;
          for (std::size_t i = 0; i < count; ++i) all.push_back(internal::copy(words[i]));
          status = self.run(all);
        },
        self.of->complaining("a command"));
    return status;
  }

  static void on_task(void* state, puff_handle call, const puff_message* what) {
    auto& self = *static_cast<task_state*>(state);
    question from{self.of->table_, call};
    internal::guarded([&] { from.answer(json(self.run(internal::copy(what->body)))); },
                      [&](std::uint32_t code, const char* why) { from.fail(code, why); });
  }

  static void on_replied(void* state, std::uint32_t status, const puff_message* reply) {
    const std::unique_ptr<asked> self{static_cast<asked*>(state)};
    internal::guarded(
        [&] {
          if (status == PUFF_OK) return self->on_reply(internal::copy(*reply));
          self->on_failure(failure{status, internal::copy(reply->body)});
        },
        self->of->complaining("what hears a reply"));
  }

  static void on_fired(void* state) {
    const std::unique_ptr<timer> self{static_cast<timer*>(state)};
    internal::guarded(self->fired, self->of->complaining("a timer"));
  }

  static request request_of(const puff_request& what) {
    request r{internal::copy(what.method),
              internal::copy(what.target),
              internal::copy(what.body),
              internal::copy(what.client),
              {},
              {}};
    for (std::size_t i = 0; i < what.field_count; ++i)
      r.fields.emplace_back(internal::copy(what.fields[i].name),
                            internal::copy(what.fields[i].value));
    for (std::size_t i = 0; i < what.param_count; ++i)
      r.params.emplace(internal::copy(what.params[i].name), internal::copy(what.params[i].value));
    return r;
  }

  void respond(puff_handle exchange, const response& r) const {
    std::vector<puff_field> fields{
        {internal::view("Content-Type"), internal::view(r.content_type)}};
    for (const auto& [name, value] : r.fields)
      fields.push_back({internal::view(name), internal::view(value)});
    table_.respond(table_.self, exchange, r.status, fields.data(), fields.size(),
                   internal::view(r.body));
  }

  const puff_host& table_;
  std::vector<std::unique_ptr<actor>> actors_;
  std::vector<std::shared_ptr<void>> states_;
};

namespace internal {

/// The add-on's one `host`, never destroyed: its threads may outlive static objects.
inline host*& the_host() {
  static host* one = nullptr;
  return one;
}

inline std::uint32_t start(const puff_host* table, char* why, std::size_t room,
                           void (*begin)(host&)) noexcept {
  std::uint32_t status = PUFF_OK;
  guarded(
      [&] {
        the_host() = new host{*table};
        begin(*the_host());
      },
      [&](std::uint32_t code, const char* text) {
        status = code;
        std::strncpy(why, text, room);
      });
  return status;
}

}  // namespace internal
}  // namespace puff::addon

/// Defines the entry of the add-on: its name, its own version, and the function that registers what
/// it has. Once, in one source file, outside namespaces.
#define PUFF_ADDON(name, version, begin)                                           \
  extern "C" PUFF_ADDON_EXPORT const puff_addon* puff_addon_entry() {              \
    static const puff_addon entry{                                                 \
        PUFF_ADDON_MAGIC,                                                          \
        PUFF_ADDON_ABI,                                                            \
        sizeof(puff_addon),                                                        \
        0,                                                                         \
        name,                                                                      \
        version,                                                                   \
        [](const puff_host* table, char* why, std::size_t room) -> std::uint32_t { \
          return puff::addon::internal::start(table, why, room, begin);            \
        },                                                                         \
        nullptr,                                                                   \
        nullptr};                                                                  \
    return &entry;                                                                 \
  }
