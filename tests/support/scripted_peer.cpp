#include "tests/support/scripted_peer.hpp"

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>

namespace puff::test {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

struct scripted_peer::session : std::enable_shared_from_this<session> {
  session(tcp::socket s, std::shared_ptr<script> a) : socket(std::move(s)), answers(std::move(a)) {}

  void read() {
    socket.async_read_some(asio::buffer(buffer),
                           [self = shared_from_this()](const error_code& failed, std::size_t n) {
                             if (failed) return;
                             self->received.append(self->buffer.data(), n);
                             if (auto answer = (*self->answers)(self->received); !answer.empty()) {
                               self->received.clear();
                               self->say(answer);
                             }
                             self->read();
                           });
  }

  void say(const std::string& bytes) {
    error_code ignored;  // the client may have gone
    asio::write(socket, asio::buffer(bytes), ignored);
  }

  tcp::socket socket;
  std::shared_ptr<script> answers;
  std::array<char, 65536> buffer{};
  std::string received;
};

scripted_peer::scripted_peer(asio::io_context& io, script answers)
    : acceptor_(io, tcp::endpoint{asio::ip::address_v4::loopback(), 0}),
      answers_(std::make_shared<script>(std::move(answers))) {
  accept();
}

scripted_peer::~scripted_peer() {
  error_code ignored;
  for (auto& s : sessions_) s->socket.close(ignored);
}

void scripted_peer::accept() {
  acceptor_.async_accept([this](const error_code& failed, tcp::socket socket) {
    if (failed) return;
    sessions_.push_back(std::make_shared<session>(std::move(socket), answers_));
    sessions_.back()->read();
    accept();
  });
}

void scripted_peer::say(const std::string& bytes) { sessions_.back()->say(bytes); }

void scripted_peer::hang_up() { sessions_.back()->socket.close(); }

}  // namespace puff::test
