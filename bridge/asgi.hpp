#pragma once

#include <pybind11/pybind11.h>

#include <chrono>
#include <memory>
#include <string>

#include "bridge/asgi_scope.hpp"
#include "bridge/exchange.hpp"
#include "bridge/loop_thread.hpp"

namespace puff::bridge {

struct asgi_options {
  std::string mounted_at;                      ///< path without a slash at its end; empty: the root
  std::uint64_t response_window = 256 * 1024;  ///< unsent bytes before `send` waits
};

/// An ASGI application (ASGI 3.0: http with the meaning of spec version 2.4, and lifespan) on the
/// asyncio thread: one task for each request.
class asgi_gateway final : public gateway {
 public:
  /// With the GIL held, as all of it.
  asgi_gateway(loop_thread& asyncio, pybind11::object application, asgi_options options);

  /// Runs the lifespan's startup and waits for it in the calling greenlet; before requests come. An
  /// application without a lifespan is fine; the error is what one said that failed.
  error start_lifespan(std::chrono::milliseconds deadline);
  /// Runs its shutdown and waits, in the calling greenlet; after the last request. Failures are
  /// logged.
  void stop_lifespan(std::chrono::milliseconds deadline);

  void begin(exchange_table& table, std::uint32_t listener, exchange_id id,
             std::unique_ptr<request> head) override;

 private:
  loop_thread& asyncio_;
  PyObject* new_task(PyObject* coroutine) const;

  pybind11::object application_, task_type_, create_task_, task_factory_, lifespan_;
  scope_builder scopes_;
  asgi_options options_;
};

}  // namespace puff::bridge
