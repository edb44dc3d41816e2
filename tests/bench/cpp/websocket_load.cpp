// A load of WebSockets: websocket_load PORT SECONDS echo|broadcast CLIENTS. In echo every client
// sends 64 bytes and waits for them; in broadcast the first client sends what all must receive.
// Prints messages received, the seconds it took, and for echo the median and 99th percentile in ms.
#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket.hpp>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using tcp = asio::ip::tcp;
using socket_stream = beast::websocket::stream<tcp::socket>;
using clock_type = std::chrono::steady_clock;

struct tally {
  std::uint64_t received = 0;
  std::vector<float> took_ms;
  bool stop = false;
};

asio::awaitable<void> open(socket_stream& to, unsigned short port) {
  tcp::endpoint where{asio::ip::address_v4::loopback(), port};
  co_await to.next_layer().async_connect(where, asio::use_awaitable);
  to.next_layer().set_option(tcp::no_delay{true});
  std::string host = "127.0.0.1", target = "/";
  co_await to.async_handshake(host, target, asio::use_awaitable);
}

asio::awaitable<void> receive(socket_stream& from, beast::flat_buffer& into) {
  into.clear();
  co_await from.async_read(into, asio::use_awaitable);
}

asio::awaitable<void> send(socket_stream& to, const std::string& text) {
  auto buffer = asio::buffer(text);
  co_await to.async_write(buffer, asio::use_awaitable);
}

asio::awaitable<void> echo(asio::io_context& io, unsigned short port, tally& counts) {
  socket_stream socket{io};
  co_await open(socket, port);
  const std::string text(64, 'x');
  beast::flat_buffer buffer;
  while (!counts.stop) {
    auto began = clock_type::now();
    co_await send(socket, text);
    co_await receive(socket, buffer);
    std::chrono::duration<float, std::milli> took = clock_type::now() - began;
    counts.took_ms.push_back(took.count());
    ++counts.received;
  }
}

/// Sends the next message when everybody has the one before.
asio::awaitable<void> lead(asio::io_context& io, unsigned short port, tally& counts,
                           std::uint64_t clients) {
  socket_stream socket{io};
  co_await open(socket, port);
  const std::string text(64, 'x');
  beast::flat_buffer buffer;
  asio::steady_timer settle{io, std::chrono::milliseconds{200}};
  co_await settle.async_wait(asio::use_awaitable);
  constexpr std::uint64_t ahead = 16;
  std::uint64_t sent = 0, got = 0;
  while (!counts.stop) {
    while (sent < got + ahead && counts.received / clients + ahead > sent) {
      co_await send(socket, text);
      ++sent;
    }
    co_await receive(socket, buffer);
    ++got;
    ++counts.received;
  }
}

asio::awaitable<void> follow(asio::io_context& io, unsigned short port, tally& counts) {
  socket_stream socket{io};
  co_await open(socket, port);
  beast::flat_buffer buffer;
  while (!counts.stop) {
    co_await receive(socket, buffer);
    ++counts.received;
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) return 2;
  const auto port = static_cast<unsigned short>(std::atoi(argv[1]));
  const double seconds = std::atof(argv[2]);
  const bool broadcast = std::string{argv[3]} == "broadcast";
  const auto clients = static_cast<std::uint64_t>(std::atoi(argv[4]));
  asio::io_context io{1};
  tally counts;
  auto failed = [](std::exception_ptr why) {
    if (why) std::rethrow_exception(why);
  };
  for (std::uint64_t i = 0; i < clients; ++i) {
    if (!broadcast)
      asio::co_spawn(io, echo(io, port, counts), failed);
    else if (i + 1 < clients)
      asio::co_spawn(io, follow(io, port, counts), failed);
    else
      asio::co_spawn(io, lead(io, port, counts, clients), failed);
  }
  const auto began = clock_type::now();
  io.run_for(std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::duration<double>{seconds}));
  const std::chrono::duration<double> took = clock_type::now() - began;
  std::sort(counts.took_ms.begin(), counts.took_ms.end());
  auto at = [&](double part) {
    return counts.took_ms.empty() ? 0.0F
                                  : counts.took_ms[static_cast<std::size_t>(
                                        part * static_cast<double>(counts.took_ms.size() - 1))];
  };
  std::printf("%llu messages %.4f seconds %.4f p50 %.4f p99\n",
              static_cast<unsigned long long>(counts.received), took.count(),
              static_cast<double>(at(0.5)), static_cast<double>(at(0.99)));
  std::fflush(stdout);
  std::_Exit(0);  // the sockets are open, and need no farewell
}
