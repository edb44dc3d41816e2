#include "cli/status_client.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <chrono>
#include <optional>

namespace puff::cli {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using asio::local::stream_protocol;
using connection = beast::basic_stream<stream_protocol>;
using answer_message = beast::http::response_parser<beast::http::string_body>;

constexpr auto time_limit = std::chrono::seconds{2};
constexpr std::uint64_t longest_answer = 64u << 20;

using beast::http::verb;

asio::awaitable<void> exchange(connection& to, std::string socket, verb method, std::string path,
                               answer_message& answer) {
  to.expires_after(time_limit);
  co_await to.async_connect(stream_protocol::endpoint{socket}, asio::use_awaitable);
  beast::http::request<beast::http::empty_body> question{method, path, 11};
  question.set(beast::http::field::host, "node");
  question.set(beast::http::field::connection, "close");
  co_await beast::http::async_write(to, question, asio::use_awaitable);
  beast::flat_buffer buffer;
  co_await beast::http::async_read(to, buffer, answer, asio::use_awaitable);
}

error error_of(const std::exception_ptr& failure, const std::string& socket) {
  try {
    std::rethrow_exception(failure);
  } catch (const boost::system::system_error& e) {
    if (e.code() == beast::error::timeout)
      return make_error(ec::timed_out, socket + ": the node does not answer");
    if (e.code() == asio::error::connection_refused || e.code() == asio::error::not_found ||
        e.code() == boost::system::errc::no_such_file_or_directory)
      return make_error(ec::unavailable, socket + ": no node listens there");
    return make_error(ec::io_failed, socket + ": " + e.code().message());
  } catch (const std::exception& e) {
    return make_error(ec::internal, socket + ": " + e.what());
  }
}

expected<std::string> send(const std::filesystem::path& socket, verb method,
                           const std::string& path) {
  asio::io_context io{1};
  connection to{io};
  answer_message answer;
  answer.body_limit(longest_answer);
  std::exception_ptr failure;
  asio::co_spawn(io, exchange(to, socket.string(), method, path, answer),
                 [&](std::exception_ptr e) { failure = e; });
  io.run();
  if (failure) return error_of(failure, socket.string());
  auto& text = answer.get().body();
  if (answer.get().result() == beast::http::status::ok) return std::move(text);
  while (text.ends_with('\n')) text.pop_back();
  return make_error(ec::server_error, text);
}

}  // namespace

expected<std::string> ask_node(const std::filesystem::path& socket, const std::string& path) {
  return send(socket, verb::get, path);
}

expected<std::string> tell_node(const std::filesystem::path& socket, const std::string& path) {
  return send(socket, verb::post, path);
}

}  // namespace puff::cli
