// Beast's own WebSocket, without Puff: echoes what it gets. Answers a plain GET, as readiness is
// asked for by one.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/websocket.hpp>
#include <cstdlib>

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using tcp = asio::ip::tcp;

asio::awaitable<void> talk(tcp::socket client) {
  client.set_option(tcp::no_delay{true});
  beast::flat_buffer buffer;
  beast::http::request<beast::http::string_body> head;
  co_await beast::http::async_read(client, buffer, head, asio::use_awaitable);
  if (!beast::websocket::is_upgrade(head)) {
    beast::http::response<beast::http::string_body> answer{beast::http::status::ok, 11};
    answer.body() = "plain";
    answer.prepare_payload();
    co_await beast::http::async_write(client, answer, asio::use_awaitable);
    co_return;
  }
  beast::websocket::stream<tcp::socket> socket{std::move(client)};
  co_await socket.async_accept(head, asio::use_awaitable);
  for (;;) {
    co_await socket.async_read(buffer, asio::use_awaitable);
    socket.text(socket.got_text());
    auto data = buffer.data();
    co_await socket.async_write(data, asio::use_awaitable);
    buffer.consume(buffer.size());
  }
}

asio::awaitable<void> listen(asio::io_context& io, unsigned short port) {
  tcp::acceptor door{io, {asio::ip::address_v4::loopback(), port}};
  for (;;) {
    auto client = co_await door.async_accept(asio::use_awaitable);
    asio::co_spawn(io, talk(std::move(client)), asio::detached);
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  asio::io_context io{1};
  asio::co_spawn(io, listen(io, static_cast<unsigned short>(std::atoi(argv[1]))), asio::detached);
  io.run();
}
