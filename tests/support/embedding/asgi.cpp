// A program that serves an ASGI application, with a state that cannot be made.
#include <puff/puff.hpp>
#include <stdexcept>

namespace {

struct no_state {
  no_state release() { return *this; }
  PyObject* ptr() { throw std::runtime_error{"out of tea"}; }
};

}  // namespace

int main(int argc, char** argv) {
  puff::program shop{"shop"};
  shop.command(puff::asgi_server_command("shop_web.asgi"));
  if (argc > 1 && std::string_view{argv[1]} == "wait_forever")
    shop.config(puff::runtime_config().set_global_state([] { return no_state{}; }));
  return shop.run(argc, argv);
}
