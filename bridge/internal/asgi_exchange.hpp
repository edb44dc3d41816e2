#pragma once

#include <memory>
#include <vector>

#include "bridge/exchange.hpp"
#include "bridge/loop_thread.hpp"

namespace puff::bridge::internal {

/// One request under way in an ASGI application, in terms of ASGI's messages.
class asgi_exchange : public exchange {
 public:
  asgi_exchange(loop_thread& asyncio, exchange_table& table, std::uint32_t listener, exchange_id id,
                std::unique_ptr<request> head, std::uint64_t response_window)
      : exchange(table, listener, id, std::move(head), response_window), asyncio_(asyncio) {}
  ~asgi_exchange() override;

  /// What `receive` returns: a new reference, or null, with an exception if something failed and
  /// without one if there is nothing yet.
  virtual PyObject* next_message();
  /// What `send` does; false with an exception.
  virtual bool take_message(PyObject* message);

  /// A new future that is done when asking `next_message`, or sending, is worth another try. A new
  /// reference, or null with an exception.
  PyObject* until_readable() { return wait_in(readers_); }
  PyObject* until_writable() { return wait_in(writers_); }

  /// The application has returned, or raised the exception that is set, which is cleared (or left,
  /// and false returned, if it is the task's cancellation).
  virtual void returned();
  bool raised();

 protected:
  void on_readable() override { wake(readers_); }
  bool take_start(PyObject* message);
  bool take_body_message(PyObject* message);
  std::string title() const { return head().method + " " + head().target; }

 private:
  using futures = std::vector<PyObject*>;
  void on_writable() override { wake(writers_); }
  PyObject* wait_in(futures& where);
  void wake(futures& whose);

  loop_thread& asyncio_;
  futures readers_, writers_;
  bool request_told_ = false;  // all of the request's body
};

/// What ASGI's messages consist of; false with an exception.
bool read_headers(PyObject* list, header_block& headers);
bool read_body(PyObject* body, std::string& data);
/// Whether `word` is `wanted`, which is interned.
bool is_word(PyObject* word, PyObject* wanted);

}  // namespace puff::bridge::internal
