// What Boost.Beast alone costs on one thread: its parser, its serializer, a string for a body, and
// neither limits nor time-outs. Usage: plain_beast HOST PORT
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <string>

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using tcp = asio::ip::tcp;
// The executor is known at compile time: nothing is type-erased.
using plain_socket = asio::basic_stream_socket<tcp, asio::io_context::executor_type>;
using plain_acceptor = asio::basic_socket_acceptor<tcp, asio::io_context::executor_type>;

class connection : public std::enable_shared_from_this<connection> {
 public:
  explicit connection(plain_socket socket) : socket_(std::move(socket)) { received_.reserve(4096); }

  void read() {
    request_ = {};
    http::async_read(socket_, received_, request_,
                     [self = shared_from_this()](beast::error_code failed, std::size_t) {
                       if (!failed) self->write();
                     });
  }

 private:
  void write() {
    const bool found = request_.target() == "/";
    response_ = {found ? http::status::ok : http::status::not_found, request_.version()};
    response_.set(http::field::content_type, "text/plain");
    response_.keep_alive(request_.keep_alive());
    if (found) response_.body() = "Hello, World";
    response_.prepare_payload();
    http::async_write(socket_, response_,
                      [self = shared_from_this()](beast::error_code failed, std::size_t) {
                        if (!failed && self->response_.keep_alive()) self->read();
                      });
  }

  plain_socket socket_;
  beast::flat_buffer received_;
  http::request<http::string_body> request_;
  http::response<http::string_body> response_;
};

void accept(plain_acceptor& from) {
  from.async_accept([&from](beast::error_code failed, plain_socket socket) {
    if (failed) {
      std::cerr << "accept: " << failed.message() << '\n';
      std::exit(1);
    }
    socket.set_option(tcp::no_delay{true});
    std::make_shared<connection>(std::move(socket))->read();
    accept(from);
  });
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: plain_beast HOST PORT\n";
    return 2;
  }
  asio::io_context io{1};
  auto port = static_cast<unsigned short>(std::atoi(argv[2]));
  plain_acceptor acceptor{io, tcp::endpoint{asio::ip::make_address(argv[1]), port}};
  accept(acceptor);
  io.run();
}
