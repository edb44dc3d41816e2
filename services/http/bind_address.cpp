#include "services/http/bind_address.hpp"

#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <charconv>
#include <cstring>
#include <optional>

namespace puff::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

constexpr int backlog = 4096;

error malformed(std::string_view text) {
  return make_error(ec::bad_argument,
                    "cannot bind \"" + std::string{text} +
                        "\": write HOST:PORT, [IPV6]:PORT, :PORT, PORT or unix:PATH");
}

std::optional<std::uint16_t> port_of(std::string_view text) {
  std::uint16_t port = 0;
  auto [end, e] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (text.empty() || e != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return port;
}

expected<bind_address> unix_address(std::string_view path) {
  if (path.empty() || path.size() >= sizeof(sockaddr_un::sun_path))
    return make_error(ec::bad_argument, "cannot bind unix:" + std::string{path} +
                                            ": a socket's path has 1 to 107 bytes");
  bind_address result;
  result.unix_path = path;
  result.endpoint = asio::local::stream_protocol::endpoint{result.unix_path};
  return result;
}

expected<asio::ip::address> look_up(const std::string& host) {
  error_code e;
  if (auto address = asio::ip::make_address(host, e); !e) return address;
  asio::io_context io;
  auto found = tcp::resolver{io}.resolve(host, "", tcp::resolver::passive, e);
  if (e || found.empty())
    return make_error(ec::not_found,
                      "cannot bind " + host + ": unknown host (" + e.message() + ")");
  for (const auto& entry : found)
    if (entry.endpoint().address().is_v4()) return entry.endpoint().address();
  return found.begin()->endpoint().address();
}

std::string advice_for(const error_code& e, const bind_address& address) {
  if (e == asio::error::address_in_use)
    return "another program listens there; stop it or choose another address";
  if (e == asio::error::access_denied)
    return address.is_unix() ? "its directory is not writable"
                             : "permission denied; ports below 1024 need privileges";
  if (e == boost::system::errc::address_not_available) return "no interface has this address";
  if (address.is_unix() && e == boost::system::errc::no_such_file_or_directory)
    return "its directory does not exist";
  return e.message();
}

error failed(const error_code& e, const bind_address& address) {
  return make_error(ec::io_failed,
                    "cannot listen on " + to_string(address) + ": " + advice_for(e, address));
}

/// Removes the socket a dead process has left at `path`; an answer from it is an error.
error_code clear_way(const bind_address& address) {
  struct stat status {};
  if (::lstat(address.unix_path.c_str(), &status) != 0) return {};
  if (!S_ISSOCK(status.st_mode)) return asio::error::address_in_use;
  asio::io_context io;
  asio::local::stream_protocol::socket probe{io};
  error_code e;
  probe.open(asio::local::stream_protocol{}, e);
  probe.connect(asio::local::stream_protocol::endpoint{address.unix_path}, e);
  if (!e) return asio::error::address_in_use;
  if (e == asio::error::access_denied) return e;
  if (e != asio::error::connection_refused) return asio::error::address_in_use;
  if (::unlink(address.unix_path.c_str()) != 0) return {errno, boost::system::system_category()};
  return {};
}

/// The address the socket got, as a person would write it.
void read_back(acceptor& a) {
  error_code e;
  auto got = a.listener.local_endpoint(e);
  if (e || a.local.is_unix()) return;
  a.local.endpoint = got;
  tcp::endpoint ip;
  ip.resize(got.size());
  std::memcpy(ip.data(), got.data(), got.size());
  a.local.port = ip.port();
}

}  // namespace

std::string to_string(const bind_address& address) {
  if (address.is_unix()) return "unix:" + address.unix_path;
  bool bracket = address.host.find(':') != std::string::npos;
  return (bracket ? "[" + address.host + "]" : address.host) + ":" + std::to_string(address.port);
}

expected<bind_address> parse_bind_address(std::string_view text) {
  if (text.substr(0, 5) == "unix:") return unix_address(text.substr(5));
  bind_address result;
  auto colon = text.rfind(':');
  auto port = port_of(colon == text.npos ? text : text.substr(colon + 1));
  if (!port) return malformed(text);
  result.port = *port;
  auto host = colon == text.npos ? std::string_view{"127.0.0.1"} : text.substr(0, colon);
  if (host.empty()) host = "0.0.0.0";
  if (host.front() == '[') {
    if (host.back() != ']' || host.size() < 4) return malformed(text);
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != host.npos || host.find('/') != host.npos) {
    return malformed(text);
  }
  result.host = host;
  auto ip = look_up(result.host);
  if (!ip) return ip.error();
  result.endpoint = tcp::endpoint{*ip, result.port};
  return result;
}

expected<acceptor> open_listener(asio::io_context& io, const bind_address& address,
                                 bool reuse_port) {
  using reuse_port_option = asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>;
  error_code e;
  if (address.is_unix())
    if (e = clear_way(address); e) return failed(e, address);
  acceptor result{acceptor::socket{io}, address};
  auto& s = result.listener;
  s.open(address.endpoint.protocol(), e);
  if (!e && !address.is_unix()) s.set_option(asio::socket_base::reuse_address{true}, e);
  if (!e && !address.is_unix() && reuse_port) s.set_option(reuse_port_option{true}, e);
  if (!e) s.bind(address.endpoint, e);
  if (!e) s.listen(backlog, e);
  if (!e) s.non_blocking(true, e);
  if (e) return failed(e, address);
  read_back(result);
  return result;
}

}  // namespace puff::http
