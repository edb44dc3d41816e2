// What an ask over Redis streams costs without anything around it: two threads, each with one
// connection that sends (XADD) and one that waits (XREAD BLOCK), blocking sockets, 256 bytes.
//
//   bench_stream_round_trip SOCKET COUNT     one line of JSON: p50_us, p99_us
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace {

/// One connection; replies are read until their known end.
class connection {
 public:
  explicit connection(const char* path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path, sizeof address.sun_path - 1);
    descriptor_ = ::socket(AF_UNIX, SOCK_STREAM, 0);
    if (::connect(descriptor_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
      throw std::runtime_error{"cannot connect"};
  }
  ~connection() { ::close(descriptor_); }

  void send(const std::vector<std::string>& words) {
    auto wire = "*" + std::to_string(words.size()) + "\r\n";
    for (const auto& w : words) wire += "$" + std::to_string(w.size()) + "\r\n" + w + "\r\n";
    if (::write(descriptor_, wire.data(), wire.size()) != static_cast<ssize_t>(wire.size()))
      throw std::runtime_error{"cannot write"};
  }
  /// A bulk string: its text.
  std::string bulk() {
    const auto size = std::stoul(line().substr(1));
    while (in_.size() < size + 2) fill();
    auto text = in_.substr(0, size);
    in_.erase(0, size + 2);
    return text;
  }
  /// The reply of XREAD with one entry of one field: the entry's id.
  std::string entry() {
    line(), line();
    bulk();
    line(), line();
    auto id = bulk();
    line();
    bulk(), bulk();
    return id;
  }

 private:
  std::string line() {
    auto end = in_.find("\r\n");
    while (end == std::string::npos) {
      fill();
      end = in_.find("\r\n");
    }
    auto text = in_.substr(0, end);
    in_.erase(0, end + 2);
    return text;
  }
  void fill() {
    char buffer[4096];
    const auto got = ::read(descriptor_, buffer, sizeof buffer);
    if (got <= 0) throw std::runtime_error{"connection lost"};
    in_.append(buffer, static_cast<std::size_t>(got));
  }
  int descriptor_;
  std::string in_;
};

struct side {
  side(const char* path, std::string from, std::string to)
      : out(path), in(path), own(std::move(from)), other(std::move(to)) {}
  void put() {
    out.send({"XADD", other, "*", "b", std::string(256, 'x')});
    out.bulk();
  }
  void take() {
    in.send({"XREAD", "COUNT", "256", "BLOCK", "5000", "STREAMS", own, last});
    last = in.entry();
  }
  connection out, in;
  std::string own, other, last = "0-0";
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  const int count = std::atoi(argv[2]);
  side here{argv[1], "a", "b"};
  std::thread echo{[&] {
    side there{argv[1], "b", "a"};
    for (int i = 0; i < count; ++i) there.take(), there.put();
  }};
  std::vector<double> took;
  for (int i = 0; i < count; ++i) {
    const auto began = std::chrono::steady_clock::now();
    here.put();
    here.take();
    took.push_back(
        std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - began)
            .count());
  }
  echo.join();
  std::sort(took.begin(), took.end());
  std::printf("{\"p50_us\": %.1f, \"p99_us\": %.1f}\n", took[took.size() / 2],
              took[took.size() * 99 / 100]);
}
