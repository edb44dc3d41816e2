#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "schemas/error.hpp"

namespace puff::log {

/// One answered request. The views need to live during the call only.
struct access_record {
  std::chrono::system_clock::time_point when{};  ///< the request's arrival
  std::string_view client;                       ///< address; empty: unknown
  std::string_view method, target;
  std::uint8_t major_version = 1, minor_version = 1;
  std::uint16_t status = 0;
  std::uint64_t bytes = 0;  ///< of the body
  std::chrono::microseconds duration{};
  std::string_view user_agent, referer;  ///< empty: not sent
};

enum class access_format : std::uint8_t { common, combined, json };

/// Appends `record` as one line: NCSA common or combined log format, or a JSON object. What a
/// client sent cannot break the line: quotes, backslashes and control bytes are escaped.
void append_access(std::string& out, const access_record& record, access_format shape);

/// Writes access records to a file descriptor, a batch with one system call. Belongs to one thread;
/// several may write to one file, which is opened for appending.
class access_log {
 public:
  /// Takes no ownership of `descriptor`.
  access_log(int descriptor, access_format shape) : descriptor_(descriptor), shape_(shape) {}
  /// Opens `path` for appending; `io_failed` names it.
  static expected<access_log> open(const std::string& path, access_format shape);

  access_log(access_log&& other) noexcept;
  access_log& operator=(access_log&&) = delete;
  ~access_log();

  /// Keeps the record until `flush`; flushes by itself at 64 KiB.
  void add(const access_record& record);
  /// Writes what was added. What cannot be written at once or at all is dropped and counted: a log
  /// never stops a server.
  void flush() noexcept;

  /// Records lost because the descriptor refused them.
  std::uint64_t dropped() const noexcept { return dropped_; }

 private:
  int descriptor_;
  access_format shape_;
  bool owned_ = false;
  std::string pending_;
  std::uint64_t dropped_ = 0;
};

}  // namespace puff::log
