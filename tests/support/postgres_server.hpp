#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace puff::test {

/// A real PostgreSQL in a directory of its own, on a unix socket and on a free port of loopback,
/// that lets anybody in as the superuser postgres. The constructor returns when it answers; the
/// destructor ends it and removes the directory. Throws std::runtime_error, with the server's log,
/// if it cannot start. Run as root, which the server refuses, it becomes the user postgres. It ends
/// with the thread that started it.
class postgres_server {
 public:
  enum class tls : std::uint8_t { off, on };

  /// `settings` are the server's ("max_connections=5"). With `tls` it has a certificate for
  /// "localhost", signed by `authority_file`.
  explicit postgres_server(std::vector<std::string> settings = {}, tls encrypted = tls::off);
  ~postgres_server();

  postgres_server(const postgres_server&) = delete;
  postgres_server& operator=(const postgres_server&) = delete;

  std::uint16_t port() const noexcept { return port_; }
  std::string socket_directory() const { return directory_; }
  std::string authority_file() const { return directory_ / "authority.crt"; }
  /// Over the unix socket, or loopback.
  std::string conninfo() const;
  std::string tcp_conninfo() const;

  /// Replaces the rules of who is let in how (pg_hba.conf), for connections made from then on.
  void set_rules(const std::string& lines);

  /// As by a crash: no farewell of the server, and its sessions end at once. Waits for that.
  void kill();
  /// On the same port and socket, with the data. Returns when it answers.
  void start();

 private:
  void make_data();
  void make_certificates();
  void launch();
  bool wait_until_ready();
  void end(int signal);
  std::string log() const;

  std::filesystem::path directory_;
  std::vector<std::string> settings_;
  std::uint16_t port_ = 0;
  pid_t pid_ = -1;
  int pidfd_ = -1;
};

}  // namespace puff::test
