#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "services/http/server.hpp"

namespace puff::test {

/// An application that keeps what it is told and answers by the test's hand.
struct recorded_application final : http::application_port {
  using kind = request_event::kind;
  void serve(request_events batch) override {
    ++turns;
    for (auto& e : batch) {
      if (e.what == kind::drained) credit += e.credit;
      if (e.what == kind::body) body += e.data;
      events.push_back(std::move(e));
    }
  }
  std::size_t count(kind what) const {
    std::size_t n = 0;
    for (const auto& e : events) n += e.what == what;
    return n;
  }
  /// The newest event of that kind; the test has waited for it.
  request_event& last(kind what) {
    for (auto e = events.rbegin(); e != events.rend(); ++e)
      if (e->what == what) return *e;
    throw std::logic_error{"no such event"};
  }

  request_events events;
  std::uint64_t credit = 0;
  std::string body;
  int turns = 0;
};

/// A client whose every wait also runs the server under test, on the test's own thread.
class http_client_socket {
 public:
  http_client_socket(boost::asio::io_context& io, const http::bind_address& where) : io_(io) {
    fd_ = ::socket(where.endpoint.protocol().family(), SOCK_STREAM, 0);
    EXPECT_EQ(::connect(fd_, where.endpoint.data(), static_cast<socklen_t>(where.endpoint.size())),
              0);
  }
  http_client_socket(http_client_socket&& other) noexcept
      : io_(other.io_), fd_(std::exchange(other.fd_, -1)), in(std::move(other.in)) {}
  ~http_client_socket() { close(); }

  void close() {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  }
  void reset() {
    linger now{1, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    close();
  }
  void end_writing() { ::shutdown(fd_, SHUT_WR); }
  void shrink_buffers(int bytes) { ::setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes); }

  /// Sends all of `text`, running the server meanwhile.
  void send(std::string_view text) {
    wait_until([&] {
      auto n = ::send(fd_, text.data(), text.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
      if (n > 0) text.remove_prefix(static_cast<std::size_t>(n));
      return text.empty();
    });
  }
  /// Sends what the peer takes at once; how much that was.
  std::size_t offer(std::string_view text) {
    auto n = ::send(fd_, text.data(), text.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    return n > 0 ? static_cast<std::size_t>(n) : 0;
  }
  void receive() {
    char piece[65536];
    auto n = ::recv(fd_, piece, sizeof piece, MSG_DONTWAIT);
    if (n > 0) in.append(piece, static_cast<std::size_t>(n));
    if (n == 0) ended = true;
    if (n < 0 && errno == ECONNRESET) ended = cut = true;
  }
  /// One whole answer, framed by its content-length, its chunks or the end of the connection; taken
  /// out of `in`. `head_only` for answers that have no body.
  std::string answer(bool head_only = false) {
    std::size_t size = 0;
    EXPECT_TRUE(wait_until([&] { return receive(), (size = answer_size(head_only)) > 0; })) << in;
    auto text = in.substr(0, size);
    in.erase(0, size);
    return text;
  }
  bool wait_end() {
    return wait_until([&] { return receive(), ended; });
  }
  /// Runs the server until `done`; false after ten seconds.
  template <class Done>
  bool wait_until(Done done) {
    auto limit = std::chrono::steady_clock::now() + std::chrono::seconds{10};
    while (!done()) {
      if (std::chrono::steady_clock::now() > limit) return false;
      io_.restart();
      if (io_.poll() > 0) continue;
      pollfd p{fd_, POLLIN, 0};
      ::poll(&p, fd_ >= 0 && !ended ? 1 : 0, 1);
    }
    return true;
  }

 private:
  std::size_t answer_size(bool head_only) const {
    auto end = in.find("\r\n\r\n");
    if (end == in.npos) return 0;
    end += 4;
    auto head = in.substr(0, end);
    if (head_only || head.rfind("HTTP/1.1 1", 0) == 0) return end;
    if (auto at = head.find("Content-Length: "); at != in.npos) {
      auto whole = end + std::stoul(head.substr(at + 16));
      return in.size() >= whole ? whole : 0;
    }
    if (head.find("Transfer-Encoding: chunked") != in.npos) {
      auto last = in.find("0\r\n\r\n", end);
      return last == in.npos ? 0 : last + 5;
    }
    return ended ? in.size() : 0;
  }

  boost::asio::io_context& io_;
  int fd_ = -1;

 public:
  std::string in;
  bool ended = false, cut = false;
};

/// A server on loopback, driven by the test's thread and clock.
struct http_server_fixture : testing::Test {
  using kind = request_event::kind;

  boost::asio::io_context io{1};
  deadline_wheel wheel;
  recorded_application application;
  std::vector<std::string> errors;
  http::server_options options;
  std::shared_ptr<http::router> routes = std::make_shared<http::router>();
  std::unique_ptr<http::server> server;
  http::bind_address address;

  http_server_fixture() {
    options.error_log = [this](std::string_view text) { errors.emplace_back(text); };
  }
  ~http_server_fixture() override {
    server.reset();
    io.restart();
    io.poll();
  }

  void start(const std::string& where = "127.0.0.1:0") {
    if (!options.router) {
      ASSERT_FALSE(routes->mount("", 7));
      options.router = routes;
    }
    server = std::make_unique<http::server>(io, wheel, options, application);
    auto listener = http::open_listener(io, *http::parse_bind_address(where));
    ASSERT_TRUE(listener) << describe(listener.error());
    address = listener->local;
    server->listen(std::move(*listener));
  }
  http_client_socket connect() { return {io, address}; }

  template <class Done>
  bool run_until(Done done) {
    auto limit = std::chrono::steady_clock::now() + std::chrono::seconds{10};
    while (!done()) {
      if (std::chrono::steady_clock::now() > limit) return false;
      io.restart();
      io.run_one_for(std::chrono::milliseconds{5});
    }
    return true;
  }
  /// Waits for the `n`th event of that kind and returns it.
  request_event& event(kind what, std::size_t n = 1) {
    EXPECT_TRUE(run_until([&] { return application.count(what) >= n; }));
    return application.last(what);
  }
  void pass(std::chrono::milliseconds time) { wheel.advance(deadline_wheel::clock::now() + time); }

  static response_part head_part(exchange_id id, std::uint16_t status = 200) {
    response_part part;
    part.id = id;
    part.has_head = true;
    part.head.status = status;
    return part;
  }
  static response_part data_part(exchange_id id, std::string data) {
    response_part part;
    part.id = id;
    part.data = std::move(data);
    return part;
  }
  static response_part last_part(exchange_id id) {
    response_part part;
    part.id = id;
    part.last = true;
    return part;
  }
  static response_part consumed_part(exchange_id id, std::uint64_t bytes) {
    response_part part;
    part.id = id;
    part.consumed = bytes;
    return part;
  }
  void send(response_part part) {
    response_parts parts;
    parts.push_back(std::move(part));
    server->answer(std::move(parts));
  }
  void answer(exchange_id id, std::string body) {
    auto part = head_part(id);
    part.data = std::move(body);
    part.last = true;
    send(std::move(part));
  }
};

}  // namespace puff::test
