#include "services/redis/url.hpp"

#include <charconv>
#include <optional>
#include <utility>

namespace puff::redis {
namespace {

constexpr std::string_view encoding_advice =
    "(percent-encode '/', '?', '#', '@', ':' and '%' in a user or password)";

error fault(std::string_view what) {
  return make_error(ec::bad_argument, "Redis URL: " + std::string{what});
}

int hex(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::optional<std::string> decode(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      result += text[i];
      continue;
    }
    if (i + 2 >= text.size() || hex(text[i + 1]) < 0 || hex(text[i + 2]) < 0) return std::nullopt;
    result += static_cast<char>(hex(text[i + 1]) * 16 + hex(text[i + 2]));
    i += 2;
  }
  return result;
}

template <class T>
bool parse_number(std::string_view text, T& number) {
  auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
  return failed == std::errc{} && end == text.data() + text.size();
}

/// Splits at the first `mark`; without one everything is the head.
std::pair<std::string_view, std::optional<std::string_view>> cut(std::string_view text, char mark) {
  auto at = text.find(mark);
  if (at == std::string_view::npos) return {text, std::nullopt};
  return {text.substr(0, at), text.substr(at + 1)};
}

std::string shown(const url::address& where) {
  auto host = where.host.find(':') == std::string::npos ? where.host : "[" + where.host + "]";
  return host + ":" + std::to_string(where.port);
}

/// Fills a url part by part; each step says what is wrong with its part.
class reader {
 public:
  error read(std::string_view text) {
    auto [before_fragment, fragment] = cut(text, '#');
    if (fragment) return fault("has a fragment ('#..') " + std::string{encoding_advice});
    auto [body, query] = cut(before_fragment, '?');
    if (auto failed = read_scheme(body)) return failed;
    if (auto failed = read_authority(body)) return failed;
    return query ? read_query(*query) : error{};
  }

  url result;

 private:
  error read_scheme(std::string_view& rest) {
    auto [scheme, body] = cut(rest, ':');
    if (!body) return fault("has no scheme; write redis://host:port or unix:///path");
    if (scheme == "redis")
      result.via = url::transport::tcp;
    else if (scheme == "rediss")
      result.via = url::transport::tls;
    else if (scheme == "unix" || scheme == "redis+unix")
      result.via = url::transport::unix_socket;
    else if (scheme.ends_with("+sentinel"))
      asks_sentinels_ = true;
    else if (scheme.ends_with("+cluster"))
      is_cluster_ = true;
    const bool known = scheme == "redis" || scheme == "rediss" || scheme == "unix" ||
                       scheme == "redis+unix" || scheme == "redis+sentinel" ||
                       scheme == "rediss+sentinel" || scheme == "redis+cluster" ||
                       scheme == "rediss+cluster";
    if (!known)
      return fault(
          "scheme '" + std::string{scheme} +
          "' is none of redis, rediss, unix, redis+sentinel, redis+cluster (or rediss+..)");
    if (scheme.starts_with("rediss")) result.via = url::transport::tls;
    rest = *body;
    if (rest.starts_with("//"))
      rest.remove_prefix(2);
    else if (result.via != url::transport::unix_socket)
      return fault("'//' must follow the scheme");
    return {};
  }

  error read_authority(std::string_view rest) {
    auto slash = rest.find('/');
    auto authority = rest.substr(0, slash);
    auto path = slash == std::string_view::npos ? std::string_view{} : rest.substr(slash);
    if (auto at = authority.rfind('@'); at != std::string_view::npos) {
      if (auto failed = read_user_info(authority.substr(0, at))) return failed;
      authority.remove_prefix(at + 1);
    }
    if (result.via == url::transport::unix_socket) return read_socket_path(authority, path);
    if (asks_sentinels_) return read_sentinels(authority, path);
    if (is_cluster_) return read_nodes(authority, path);
    url::address where;
    if (auto failed = read_host(authority, where)) return failed;
    result.host = std::move(where.host);
    result.port = where.port;
    if (path.size() > 1 && !read_db(path.substr(1)))
      return fault("database '" + std::string{path.substr(1)} + "' is not a number");
    return {};
  }

  error read_user_info(std::string_view text) {
    auto [name, password] = cut(text, ':');
    if (auto failed = set_user(name)) return failed;
    return password ? set_password(*password) : error{};
  }

  error set_user(std::string_view text) {
    auto user = decode(text);
    if (!user) return fault("user has a bad percent encoding");
    result.user = std::move(*user);
    result.authenticates |= !result.user.empty();
    return {};
  }

  error set_password(std::string_view text) {
    auto password = decode(text);
    if (!password) return fault("password has a bad percent encoding");
    result.password = std::move(*password);
    result.authenticates |= !result.password.empty();
    return {};
  }

  error read_socket_path(std::string_view authority, std::string_view path) {
    if (!authority.empty()) return fault("a unix socket's path must be absolute: unix:///path");
    auto decoded = decode(path);
    if (!decoded) return fault("socket path has a bad percent encoding");
    if (decoded->size() < 2) return fault("has no socket path: unix:///path");
    if (decoded->size() > 107) return fault("socket path is longer than 107 bytes");
    result.path = std::move(*decoded);
    return {};
  }

  error read_sentinels(std::string_view hosts, std::string_view path) {
    if (auto failed = read_hosts(hosts, 26379, result.sentinels)) return failed;
    if (path.size() < 2) return {};
    auto [name, db] = cut(path.substr(1), '/');
    auto service = decode(name);
    if (!service) return fault("service name has a bad percent encoding");
    if (!service->empty()) result.service = std::move(*service);
    if (db && !db->empty() && !read_db(*db))
      return fault("database '" + std::string{*db} + "' is not a number");
    return {};
  }

  error read_nodes(std::string_view hosts, std::string_view path) {
    if (path.size() > 1 && path != "/0") return fault("a Cluster has no databases but 0");
    return read_hosts(hosts, 6379, result.nodes);
  }

  error read_hosts(std::string_view hosts, std::uint16_t port, std::vector<url::address>& to) {
    for (std::optional<std::string_view> rest = hosts; rest;) {
      auto [one, more] = cut(*rest, ',');
      url::address where{"localhost", port};
      if (auto failed = read_host(one, where)) return failed;
      to.push_back(std::move(where));
      rest = more;
    }
    return {};
  }

  error read_host(std::string_view text, url::address& to) {
    std::string_view host = text;
    std::optional<std::string_view> port;
    if (text.starts_with('[')) {
      auto end = text.find(']');
      if (end == std::string_view::npos) return fault("IPv6 address has no closing ']'");
      host = text.substr(1, end - 1);
      auto rest = text.substr(end + 1);
      if (!rest.empty() && rest.front() != ':') return fault("']' must be followed by ':port'");
      if (!rest.empty()) port = rest.substr(1);
    } else {
      std::tie(host, port) = cut(text, ':');
    }
    auto decoded = decode(host);
    if (!decoded) return fault("host has a bad percent encoding");
    if (!decoded->empty()) to.host = std::move(*decoded);
    // What stands here may be a piece of a password that was not encoded, so it is not shown.
    if (port && !port->empty() && (!parse_number(*port, to.port) || to.port == 0))
      return fault("port is not a number from 1 to 65535 " + std::string{encoding_advice});
    return {};
  }

  bool read_db(std::string_view text) { return parse_number(text, result.db); }

  error read_query(std::string_view text) {
    while (!text.empty()) {
      auto [option, rest] = cut(text, '&');
      if (auto failed = read_option(option)) return failed;
      text = rest.value_or(std::string_view{});
    }
    return {};
  }

  error read_option(std::string_view option) {
    auto [key, value] = cut(option, '=');
    auto given = value.value_or(std::string_view{});
    if (key == "user" || key == "username") return set_user(given);
    if (key == "pass" || key == "password") return set_password(given);
    if (key == "db") return read_db(given) ? error{} : fault("option db is not a number");
    if (key == "ssl_cert_reqs") {
      if (given != "none" && given != "required")
        return fault("option ssl_cert_reqs is neither 'required' nor 'none'");
      result.tls.verifies = given == "required";
      return {};
    }
    auto* to = text_option(key);
    if (!to)
      return fault("option '" + std::string{key} +
                   "' is not known (known: db, user, pass, client_name, sentinel_user, "
                   "sentinel_password, ssl_ca_certs, ssl_certfile, ssl_keyfile, ssl_cert_reqs)");
    auto text = decode(given);
    if (!text) return fault("option " + std::string{key} + " has a bad percent encoding");
    *to = std::move(*text);
    return {};
  }

  std::string* text_option(std::string_view key) {
    if (key == "client_name") return &result.client_name;
    if (key == "sentinel_user") return &result.sentinel_user;
    if (key == "sentinel_password") return &result.sentinel_password;
    if (key == "ssl_ca_certs") return &result.tls.authorities;
    if (key == "ssl_certfile") return &result.tls.certificate;
    if (key == "ssl_keyfile") return &result.tls.key;
    return nullptr;
  }

  bool asks_sentinels_ = false, is_cluster_ = false;
};

}  // namespace

expected<url> parse_url(std::string_view text) {
  reader r;
  if (auto failed = r.read(text)) return failed;
  return std::move(r.result);
}

std::string url::without_password() const {
  std::string who = user + (password.empty() ? "" : ":***") + (authenticates ? "@" : "");
  auto number = std::to_string(db);
  if (via == transport::unix_socket)
    return "unix://" + who + path + (db == 0 ? "" : "?db=" + number);
  const std::string scheme = via == transport::tls ? "rediss" : "redis";
  if (sentinels.empty() && nodes.empty())
    return scheme + "://" + who + shown({host, port}) + "/" + number;
  std::string hosts;
  for (const auto& each : nodes.empty() ? sentinels : nodes)
    hosts += (hosts.empty() ? "" : ",") + shown(each);
  if (!nodes.empty()) return scheme + "+cluster://" + who + hosts;
  return scheme + "+sentinel://" + who + hosts + "/" + service + "/" + number;
}

}  // namespace puff::redis
