#pragma once

#include <boost/asio/awaitable.hpp>
#include <string>

#include "schemas/request.hpp"
#include "schemas/response.hpp"
#include "services/http/path_params.hpp"

namespace puff::http {

/// One request and its answer, as a coroutine handler sees them. Belongs to the io thread.
///
/// Answer either by `respond`, or by `start`, any number of `write` and `finish` (implied when the
/// handler returns). A handler that returns without an answer, or throws, makes it a 500, or cuts
/// the connection if the head is out. When the client is gone, `read` and `write` throw
/// `boost::system::system_error` with `operation_aborted`; the other calls do nothing.
class exchange {
 public:
  virtual ~exchange() = default;

  /// Its `body` is empty and `body_complete` tells nothing: use `read`.
  virtual const puff::request& request() const noexcept = 0;
  virtual const path_params& params() const noexcept = 0;

  /// The next piece of the body; empty at its end. The first call sends "100 Continue" to a client
  /// that waits for it.
  virtual boost::asio::awaitable<std::string> read() = 0;

  virtual void respond(response whole) = 0;
  virtual void start(response_head head) = 0;
  /// Returns once the client has taken enough for more to be made.
  virtual boost::asio::awaitable<void> write(std::string piece) = 0;
  virtual void finish() = 0;
};

}  // namespace puff::http
