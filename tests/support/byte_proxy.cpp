#include "tests/support/byte_proxy.hpp"

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>

namespace puff::test {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

struct byte_proxy::pair {
  pair(byte_proxy& o, tcp::socket c)
      : owner(&o), client(std::move(c)), server(client.get_executor()) {}

  static void forward(const std::shared_ptr<pair>& self, tcp::socket& from, tcp::socket& to,
                      std::array<char, 16384>& buffer, std::size_t byte_proxy::*left) {
    from.async_read_some(
        asio::buffer(buffer), [&, self, left](const error_code& failed, std::size_t size) {
          if (self->owner == nullptr) return;
          if (failed) return self->close();
          auto passed = std::min(size, self->owner->*left);
          if (self->owner->silent_) return;
          self->owner->note(left == &byte_proxy::from_client_);
          asio::async_write(to, asio::buffer(buffer.data(), passed),
                            [&, self, left, size](const error_code& broken, std::size_t) {
                              if (self->owner == nullptr) return;
                              if (broken) return self->close();
                              if (!self->owner->pass(self->owner->*left, size)) return;
                              forward(self, from, to, buffer, left);
                            });
        });
  }

  void close() {
    error_code ignored;
    client.close(ignored);
    server.close(ignored);
  }

  byte_proxy* owner;
  tcp::socket client, server;
  std::array<char, 16384> to_server{}, to_client{};
};

byte_proxy::byte_proxy(asio::io_context& io, std::uint16_t server_port)
    : acceptor_(io, tcp::endpoint{asio::ip::address_v4::loopback(), 0}), server_port_(server_port) {
  accept();
}

byte_proxy::~byte_proxy() {
  hang_up();
  for (auto& p : pairs_) p->owner = nullptr;
}

void byte_proxy::cut_after(std::size_t from_server, std::size_t from_client) {
  from_server_ = from_server;
  from_client_ = from_client;
}

void byte_proxy::accept() {
  acceptor_.async_accept([this](const error_code& failed, tcp::socket socket) {
    if (failed) return;
    auto made = std::make_shared<pair>(*this, std::move(socket));
    pairs_.push_back(made);
    error_code refused;
    made->server.connect({asio::ip::address_v4::loopback(), server_port_}, refused);
    if (refused) {
      made->close();
    } else {
      pair::forward(made, made->client, made->server, made->to_server, &byte_proxy::from_client_);
      pair::forward(made, made->server, made->client, made->to_client, &byte_proxy::from_server_);
    }
    accept();
  });
}

/// Counts what has passed; false if that was all.
bool byte_proxy::pass(std::size_t& left, std::size_t size) {
  if (left == never) return true;
  left -= std::min(left, size);
  if (left == 0) hang_up();
  return left != 0;
}

void byte_proxy::note(bool from_client) noexcept {
  if (from_client && !client_spoke_) ++flights_;
  client_spoke_ = from_client;
}

void byte_proxy::hang_up() {
  for (auto& p : pairs_) p->close();
}

}  // namespace puff::test
