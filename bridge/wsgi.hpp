#pragma once

#include <pybind11/pybind11.h>

#include <memory>
#include <optional>

#include "bridge/environ.hpp"
#include "bridge/exchange.hpp"
#include "bridge/hub.hpp"

namespace puff::bridge {

struct wsgi_options {
  std::string mounted_at;                      ///< path without a slash at its end; empty: the root
  std::uint64_t response_window = 256 * 1024;  ///< unsent bytes before the application waits
};

/// One request under way in a WSGI application; its greenlet is its only user.
class wsgi_exchange final : public exchange {
 public:
  wsgi_exchange(hub& greenlets, exchange_table& table, std::uint32_t listener, exchange_id id,
                std::unique_ptr<request> head, std::uint64_t response_window)
      : exchange(table, listener, id, std::move(head), response_window), greenlets_(greenlets) {}

  /// Wait in the calling greenlet. False with an exception set: the client is gone, or the wait was
  /// cancelled.
  bool wait_readable();
  bool wait_writable();

  /// `write` with PEP 3333's checks: an answer was started, the client keeps up.
  bool write_chunk(PyObject* bytes);

  /// Whether as much was written as the answer's Content-Length promised.
  bool complete() const noexcept { return promised_ && written_ >= *promised_; }
  /// Notes the Content-Length of the answer that was started.
  void promise(std::optional<std::uint64_t> length) noexcept { promised_ = length; }

  work* serving = nullptr;  ///< cancelled when the client goes away

 private:
  void on_readable() override;
  void on_writable() override;

  hub& greenlets_;
  wait_id reading_, writing_;
  std::optional<std::uint64_t> promised_;
  std::uint64_t written_ = 0;
};

/// A WSGI application (PEP 3333) on the greenlet thread.
class wsgi_gateway final : public gateway {
 public:
  wsgi_gateway(hub& greenlets, pybind11::object application, wsgi_options options);
  void begin(exchange_table& table, std::uint32_t listener, exchange_id id,
             std::unique_ptr<request> head) override;

 private:
  friend class wsgi_request;
  hub& greenlets_;
  pybind11::object application_;
  environ_builder environs_;
  wsgi_options options_;
};

}  // namespace puff::bridge
