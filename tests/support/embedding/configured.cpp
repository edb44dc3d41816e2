// A program with a command of each kind, and a configuration of its own.
#include <cstdio>
#include <puff/puff.hpp>

namespace {

puff::response hello(const puff::request&, const puff::http::path_params&) {
  puff::response r;
  r.body = "a route in C++\n";
  return r;
}

int count(const std::vector<std::string>& words) {
  std::printf("%zu words\n", words.size());
  return 3;
}

}  // namespace

int main(int argc, char** argv) {
  auto config = puff::runtime_config()
                    .add_env("SHOP_MODE", "demo")
                    .add_python_path("python")
                    .add_default_redis()
                    .add_named_redis("cache");
  puff::router routes;
  routes.get("/native", hello);
  return puff::program("shop")
      .config(std::move(config))
      .command(puff::wsgi_server_command("shop_web.application", std::move(routes)))
      .command(puff::python_command("greet", "shop_web.greet", "Greet somebody"))
      .command(puff::python_command("greet_later", "shop_web.greet_later"))
      .command(puff::basic_command{"count", "Count the words", count})
      .command(puff::wait_forever{})
      .run(argc, argv);
}
