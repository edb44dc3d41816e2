#include "services/redis/internal/tls_session.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/address.hpp>
#include <cerrno>
#include <climits>
#include <cstdint>

namespace puff::redis::internal {
namespace {

using boost::system::error_code;

struct free_context {
  void operator()(SSL_CTX* c) const noexcept { SSL_CTX_free(c); }
};
struct free_session {
  void operator()(SSL* s) const noexcept { SSL_free(s); }
};

std::string last_reason() {
  const auto code = ERR_get_error();
  const char* text = code ? ERR_reason_error_string(code) : nullptr;
  ERR_clear_error();
  return text ? text : "the connection broke off";
}

/// What SSL_read or SSL_write moved; `failed` says why it was nothing.
std::size_t moved(SSL* session, int size, error_code& failed) {
  failed = {};
  if (size > 0) return static_cast<std::size_t>(size);
  const int why = SSL_get_error(session, size);
  if (why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE)
    failed = boost::asio::error::would_block;
  else
    failed = boost::asio::error::eof;
  return 0;
}

int socket_of(BIO* bio) {
  return static_cast<int>(reinterpret_cast<std::intptr_t>(BIO_get_data(bio)));
}

int after(BIO* bio, ssize_t done, int retry) {
  BIO_clear_retry_flags(bio);
  if (done < 0 && (errno == EAGAIN || errno == EINTR)) BIO_set_flags(bio, retry);
  return static_cast<int>(done);
}

/// OpenSSL's own socket BIO raises SIGPIPE.
BIO_METHOD* quiet_socket() {
  static BIO_METHOD* const method = [] {
    auto* m = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "puff socket");
    BIO_meth_set_write(m, [](BIO* bio, const char* data, int size) {
      const auto sent = ::send(socket_of(bio), data, static_cast<std::size_t>(size), MSG_NOSIGNAL);
      return after(bio, sent, BIO_FLAGS_WRITE | BIO_FLAGS_SHOULD_RETRY);
    });
    BIO_meth_set_read(m, [](BIO* bio, char* data, int size) {
      const auto got = ::recv(socket_of(bio), data, static_cast<std::size_t>(size), 0);
      return after(bio, got, BIO_FLAGS_READ | BIO_FLAGS_SHOULD_RETRY);
    });
    BIO_meth_set_ctrl(m,
                      [](BIO*, int what, long, void*) -> long { return what == BIO_CTRL_FLUSH; });
    return m;
  }();
  return method;
}

error unusable(const std::string& what, const std::string& path) {
  return make_error(ec::unsupported,
                    "cannot use " + what + " '" + path + "' for TLS: " + last_reason());
}

error use_files(SSL_CTX* context, const url::tls_files& files) {
  const auto* authorities = files.authorities.c_str();
  if (files.authorities.empty())
    SSL_CTX_set_default_verify_paths(context);
  else if (SSL_CTX_load_verify_locations(context, authorities, nullptr) != 1)
    return unusable("ssl_ca_certs", files.authorities);
  if (files.certificate.empty()) return {};
  if (SSL_CTX_use_certificate_chain_file(context, files.certificate.c_str()) != 1)
    return unusable("ssl_certfile", files.certificate);
  const auto& key = files.key.empty() ? files.certificate : files.key;
  if (SSL_CTX_use_PrivateKey_file(context, key.c_str(), SSL_FILETYPE_PEM) != 1)
    return unusable("ssl_keyfile", key);
  return {};
}

/// Whose certificate it must be.
void expect_name(SSL* session, const std::string& host) {
  error_code is_name;
  boost::asio::ip::make_address(host, is_name);
  if (!is_name) {
    X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(session), host.c_str());
  } else {
    SSL_set_tlsext_host_name(session, host.c_str());
    SSL_set1_host(session, host.c_str());
  }
}

}  // namespace

struct tls_session::parts {
  std::unique_ptr<SSL_CTX, free_context> context;
  std::unique_ptr<SSL, free_session> session;
};

tls_session::tls_session(std::unique_ptr<parts> p) : parts_(std::move(p)) {}
tls_session::~tls_session() = default;

expected<std::unique_ptr<tls_session>> tls_session::over(int socket, const url& where) {
  auto p = std::make_unique<parts>();
  p->context.reset(SSL_CTX_new(TLS_client_method()));
  auto* context = p->context.get();
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_verify(context, where.tls.verifies ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, nullptr);
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                SSL_MODE_RELEASE_BUFFERS);
  if (auto failed = use_files(context, where.tls)) return failed;
  p->session.reset(SSL_new(context));
  if (where.tls.verifies) expect_name(p->session.get(), where.host);
  auto* bio = BIO_new(quiet_socket());
  BIO_set_data(bio, reinterpret_cast<void*>(static_cast<std::intptr_t>(socket)));
  BIO_set_init(bio, 1);
  SSL_set_bio(p->session.get(), bio, bio);
  SSL_set_connect_state(p->session.get());
  return std::unique_ptr<tls_session>{new tls_session{std::move(p)}};
}

tls_session::progress tls_session::shake_hands() {
  auto* session = parts_->session.get();
  ERR_clear_error();
  const int done = SSL_do_handshake(session);
  if (done == 1) return progress::done;
  const int why = SSL_get_error(session, done);
  if (why == SSL_ERROR_WANT_READ) return progress::wants_read;
  if (why == SSL_ERROR_WANT_WRITE) return progress::wants_write;
  const auto verdict = SSL_get_verify_result(session);
  if (verdict != X509_V_OK)
    failure_ = make_error(ec::server_error, std::string{"the server's certificate is refused: "} +
                                                X509_verify_cert_error_string(verdict));
  else if (why == SSL_ERROR_SSL)
    failure_ = make_error(ec::server_error, "TLS failed: " + last_reason());
  else
    failure_ = make_error(ec::unavailable, "the server closed the connection in TLS' handshake");
  return progress::failed;
}

std::size_t tls_session::read_some(std::span<char> to, error_code& failed) {
  auto* session = parts_->session.get();
  ERR_clear_error();
  const int size =
      SSL_read(session, to.data(), static_cast<int>(std::min<std::size_t>(to.size(), INT_MAX)));
  return moved(session, size, failed);
}

std::size_t tls_session::write_some(std::span<const char> from, error_code& failed) {
  auto* session = parts_->session.get();
  ERR_clear_error();
  const int size = SSL_write(session, from.data(),
                             static_cast<int>(std::min<std::size_t>(from.size(), INT_MAX)));
  return moved(session, size, failed);
}

}  // namespace puff::redis::internal
