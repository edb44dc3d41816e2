#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "actors/interfaces.hpp"
#include "bridge/python_thread.hpp"

namespace puff::bridge {

/// Collects the answers of one Python thread and sends each listener one message a turn.
class outbox {
 public:
  explicit outbox(python_thread& thread) : thread_(thread) {}

  /// The number under which parts for `listener` are collected.
  std::uint32_t number_of(const http_listener_actor& listener);

  /// Where a part waits until the batch leaves; stale once it has left.
  struct place {
    std::uint64_t batch = 0;  // 0: nowhere
    std::size_t index = 0;
  };
  /// The part at `where` while it waits, else a new one (and `where` says its place).
  response_part& part(std::uint32_t listener, exchange_id id, place& where);
  bool waits(std::uint32_t listener, place where) const noexcept {
    return where.batch == listeners_[listener].batch;
  }

  /// Sends now what waits for `listener`; otherwise it leaves at the end of the turn.
  void flush(std::uint32_t listener);

 private:
  struct lane {
    http_listener_actor listener;
    response_parts parts;
    std::uint64_t batch = 1;
  };
  python_thread& thread_;
  std::vector<lane> listeners_;
  bool leaving_ = false;
};

class exchange;

/// Which exchange an event of a listener means: those of one Python thread that are alive, by
/// listener and connection. Outlives them.
class exchange_table {
 public:
  explicit exchange_table(python_thread& thread) : out(thread) {}

  exchange* find(std::uint32_t listener, exchange_id id) const noexcept;
  std::size_t size() const noexcept { return size_; }

  outbox out;

 private:
  friend class exchange;
  void enter(std::uint32_t listener, exchange& what);
  void leave(std::uint32_t listener, exchange& what) noexcept;

  std::vector<std::vector<exchange*>> slots_;  // by listener, then connection
  std::size_t size_ = 0;
};

/// One HTTP request and its answer as the application's side sees them; WSGI and ASGI derive from
/// it. Belongs to one Python thread; needs no GIL itself.
class exchange {
 public:
  exchange(exchange_table& table, std::uint32_t listener, exchange_id id,
           std::unique_ptr<request> head, std::uint64_t response_window);
  virtual ~exchange();
  exchange(const exchange&) = delete;
  exchange& operator=(const exchange&) = delete;

  const request& head() const noexcept { return *head_; }
  exchange_id id() const noexcept { return id_; }

  /// The client is gone: nothing more can be read, what is written is dropped.
  bool aborted() const noexcept { return aborted_; }
  bool finished() const noexcept { return finished_; }

  // -- the request's body --
  bool readable() const noexcept { return !unread_.empty(); }
  bool body_ended() const noexcept { return body_ended_; }
  /// What has come and was not taken yet. Taking it lets the client send as much again.
  std::string take_body();

  // -- the answer: start, any number of writes, finish (or fail) --
  bool started() const noexcept { return started_; }
  bool head_sent() const noexcept { return head_sent_; }
  /// Sets the head; it leaves with the first piece. Setting it again before that replaces it.
  void start(response_head head);
  void write(std::string data);
  /// Marks the end; with the last piece if that has not left yet.
  void finish();
  /// Gives up: 500 if nothing was sent, else the connection is cut.
  void fail();
  /// Sends now what was written, without waiting for the end of the turn.
  void flush() { table_.out.flush(listener_); }
  /// Whether so much is unsent that a writer must wait for `on_writable`.
  bool congested() const noexcept { return !aborted_ && unsent_ >= response_window_; }

  /// Events of the listener.
  void take(request_event& event);

 protected:
  virtual void on_readable() = 0;  ///< a piece came, the body ended, or the exchange was aborted
  virtual void on_writable() = 0;  ///< no longer congested, or aborted
  /// A message of a WebSocket, or its end; then the exchange counts as aborted.
  virtual void on_socket(request_event&) {}

  response_part& part() { return table_.out.part(listener_, id_, place_); }
  /// One that is joined to no other.
  response_part& new_part() {
    place_ = {};
    return part();
  }
  /// The request has become a WebSocket: what fails now is a connection.
  void upgrade() { started_ = head_sent_ = true; }
  void end_socket() { finished_ = true; }
  void count_unsent(std::uint64_t bytes) { unsent_ += bytes; }

 private:
  exchange_table& table_;
  std::uint32_t listener_;
  exchange_id id_;
  outbox::place place_;
  std::unique_ptr<request> head_;
  std::string unread_;  // of the body
  bool body_ended_;
  bool streamed_body_;
  std::uint64_t unsent_ = 0, response_window_;
  response_head answer_head_;
  bool started_ = false, head_sent_ = false, finished_ = false, aborted_ = false;
};

/// An application mounted on a Python thread.
class gateway {
 public:
  virtual ~gateway() = default;
  /// A new request for this application. Called with the GIL held, within an actor's turn: run the
  /// application after it, on a greenlet or a task, which keep the exchange alive.
  virtual void begin(exchange_table& table, std::uint32_t listener, exchange_id id,
                     std::unique_ptr<request> head) = 0;
};

}  // namespace puff::bridge
