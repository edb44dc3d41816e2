#pragma once

#include <memory>

#include "bridge/internal/asgi_exchange.hpp"

namespace puff::bridge::internal {

/// The `receive` and `send` of one request. Their awaitables are ready at once unless they must
/// wait: for the request's body, or for the client to take the answer. New references, or null with
/// an exception.
PyObject* new_receive(std::shared_ptr<asgi_exchange> of);
PyObject* new_send(std::shared_ptr<asgi_exchange> of);

/// The coroutine of a request's task: runs what the application returned and tells `of` how it
/// ended, so that the task needs no callback. Takes over `awaitable`.
PyObject* new_request_coroutine(std::shared_ptr<asgi_exchange> of, PyObject* awaitable);

}  // namespace puff::bridge::internal
