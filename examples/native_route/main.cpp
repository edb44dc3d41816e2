#include <charconv>
#include <chrono>
#include <puff/puff.hpp>
#include <string>

namespace {

using boost::asio::awaitable;
using puff::native_context;
using puff::http::exchange;

puff::response text(std::uint16_t status, std::string body) {
  puff::response r;
  r.head.status = status;
  r.head.headers.add("Content-Type", "text/plain; charset=utf-8");
  r.body = std::move(body) + "\n";
  return r;
}

awaitable<void> count_visit(exchange& x, const native_context& context) {
  auto visits = co_await context.redis().command("INCR", "visits");
  if (!visits) {
    x.respond(text(503, puff::describe(visits.error())));
  } else if (auto* count = std::get_if<std::int64_t>(&visits->data)) {
    x.respond(text(200, "visit " + std::to_string(*count)));
  } else {
    x.respond(text(502, "Redis did not count"));
  }
}

awaitable<void> sleep_a_while(exchange& x, const native_context& context) {
  auto wanted = x.params().get("ms");
  int ms = -1;
  std::from_chars(wanted.data(), wanted.data() + wanted.size(), ms);
  if (ms < 0 || ms > 10'000) {
    x.respond(text(400, "0 to 10000 ms, please"));
    co_return;
  }
  co_await context.sleep(std::chrono::milliseconds{ms});
  x.respond(text(200, "slept " + std::to_string(ms) + " ms"));
}

awaitable<void> stream_lines(exchange& x, const native_context& context) {
  x.start(text(200, "").head);
  for (int i = 1; i <= 10; ++i) {
    co_await x.write("line " + std::to_string(i) + "\n");
    co_await context.sleep(std::chrono::milliseconds{100});
  }
}

awaitable<void> take_upload(exchange& x, const native_context&) {
  std::uint64_t bytes = 0;
  for (auto piece = co_await x.read(); !piece.empty(); piece = co_await x.read())
    bytes += piece.size();
  x.respond(text(200, "took " + std::to_string(bytes) + " bytes"));
}

}  // namespace

int main(int argc, char** argv) {
  puff::router routes;
  routes.get("/native", count_visit)
      .get("/native/sleep/{ms}", sleep_a_while)
      .get("/native/stream", stream_lines)
      .post("/native/upload", take_upload);
  return puff::program("native_route")
      .about("routes in C++ beside Python")
      .version("1.0")
      .router(std::move(routes))
      .run(argc, argv);
}
