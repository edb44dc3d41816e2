#include <openssl/evp.h>

#include <charconv>
#include <chrono>
#include <memory>
#include <puff/puff.hpp>
#include <string>

namespace {

using boost::asio::awaitable;
using puff::native_context;
using puff::http::exchange;

puff::response answer(std::uint16_t status, std::string_view type, std::string body) {
  puff::response r;
  r.head.status = status;
  r.head.headers.add("Content-Type", type);
  r.body = std::move(body);
  return r;
}

puff::response json(std::string body) { return answer(200, "application/json", std::move(body)); }

puff::response text(std::uint16_t status, std::string body) {
  return answer(status, "text/plain; charset=utf-8", std::move(body) + "\n");
}

puff::response list_routes(const puff::request&, const puff::http::path_params&) {
  return text(200,
              "routes in C++: /native/visits /native/sleep?ms=200 /native/stream /native/upload");
}

awaitable<void> count_visit(exchange& x, const native_context& context) {
  auto visits = co_await context.redis().command("INCR", "visits:native");
  if (!visits) {
    x.respond(text(503, puff::describe(visits.error())));
  } else if (auto* count = std::get_if<std::int64_t>(&visits->data)) {
    x.respond(json("{\"visits\": " + std::to_string(*count) + "}"));
  } else {
    x.respond(text(502, "Redis did not count"));
  }
}

awaitable<void> sleep_a_while(exchange& x, const native_context& context) {
  auto query = x.request().query();
  int ms = query.starts_with("ms=") ? -1 : 200;
  if (ms < 0) std::from_chars(query.data() + 3, query.data() + query.size(), ms);
  if (ms < 0 || ms > 10'000) {
    x.respond(text(400, "?ms= takes 0 to 10000"));
    co_return;
  }
  co_await context.sleep(std::chrono::milliseconds{ms});
  x.respond(json("{\"slept_ms\": " + std::to_string(ms) + "}"));
}

awaitable<void> stream_lines(exchange& x, const native_context& context) {
  x.start(text(200, "").head);
  for (int i = 1; i <= 10; ++i) {
    co_await x.write("line " + std::to_string(i) + " of 10\n");
    co_await context.sleep(std::chrono::milliseconds{200});
  }
}

std::string hex(const unsigned char* bytes, unsigned count) {
  constexpr auto digits = "0123456789abcdef";
  std::string out;
  for (unsigned i = 0; i < count; ++i) out.append({digits[bytes[i] >> 4], digits[bytes[i] & 15]});
  return out;
}

awaitable<void> take_upload(exchange& x, const native_context&) {
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> sha{EVP_MD_CTX_new(), EVP_MD_CTX_free};
  EVP_DigestInit_ex(sha.get(), EVP_sha256(), nullptr);
  std::uint64_t bytes = 0;
  for (auto piece = co_await x.read(); !piece.empty(); piece = co_await x.read()) {
    EVP_DigestUpdate(sha.get(), piece.data(), piece.size());
    bytes += piece.size();
  }
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  EVP_DigestFinal_ex(sha.get(), digest, &size);
  x.respond(json("{\"bytes\": " + std::to_string(bytes) + ", \"sha256\": \"" + hex(digest, size) +
                 "\"}"));
}

}  // namespace

int main(int argc, char** argv) {
  puff::router routes;
  routes.get("/native/", list_routes)
      .get("/native/visits", count_visit)
      .get("/native/sleep", sleep_a_while)
      .get("/native/stream", stream_lines)
      .post("/native/upload", take_upload);
  return puff::program("native_route")
      .about("routes in C++ beside Python")
      .version("1.0")
      .router(std::move(routes))
      .run(argc, argv);
}
