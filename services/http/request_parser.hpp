#pragma once

#include <boost/beast/http/basic_parser.hpp>
#include <string>
#include <string_view>

#include "schemas/request.hpp"
#include "services/http/limits.hpp"

namespace puff::http {

/// Reads one HTTP/1.x request from whatever pieces its bytes arrive in, straight into a
/// `puff::request`. Make a new one for each request.
///
/// Stricter than RFC 9112 asks where leniency has led to request smuggling: content-length and
/// transfer-encoding together, repeated or decorated lengths, any coding but exactly "chunked",
/// repeated Host, folded lines, bare CR or LF, space before a colon. An absolute-form target is
/// reduced to origin form and its authority takes the place of the Host field's value. Trailer
/// fields are checked and dropped. A failed parser stays failed.
class request_parser final : private boost::beast::http::basic_parser<true> {
 public:
  enum class progress : std::uint8_t {
    need_more,  ///< nothing more to take from this input; append to what was left
    head,       ///< the head is complete (once); ask `done` whether the request is, too
    complete,   ///< the last byte of the body was taken
    failed,     ///< see `failure`
  };
  struct step {
    progress what;
    std::size_t consumed;  ///< bytes taken from the front of the input
  };
  struct refusal {
    std::uint16_t status = 0;
    std::string_view reason;  ///< static text for a person
  };

  /// `into` must stay alive until the head is complete, `bounds` as long as the parser.
  request_parser(const limits& bounds, request& into);
  request_parser(const request_parser&) = delete;
  request_parser& operator=(const request_parser&) = delete;

  step put(std::string_view in);

  bool done() const noexcept { return is_done(); }
  bool head_done() const noexcept { return is_header_done(); }
  /// Whether a byte of the request has been seen (empty lines before it do not count).
  bool started() const noexcept { return got_some(); }
  bool keep_alive() const noexcept { return keep_alive_; }
  bool expects_continue() const noexcept { return expects_continue_; }
  /// Whether the client offers to change the protocol.
  bool offers_upgrade() const noexcept { return offers_upgrade_; }
  const refusal& failure() const noexcept { return refusal_; }

  /// Body bytes gathered since the last call.
  std::string take_body() noexcept { return std::move(body_); }
  std::size_t gathered() const noexcept { return body_.size(); }
  /// Whether any byte of the body has been seen, taken or not.
  bool body_started() const noexcept { return body_seen_ > 0; }
  /// Bytes of the body still to come, at least; 0 says nothing for a chunked one.
  std::uint64_t known_rest() const noexcept {
    return length_ > body_seen_ ? length_ - body_seen_ : 0;
  }
  /// Makes room for a body that will be gathered whole.
  void expect_whole_body(std::size_t bytes) { body_.reserve(bytes); }

 private:
  using verb = boost::beast::http::verb;
  using field = boost::beast::http::field;
  using view = boost::beast::string_view;
  using beast_error = boost::beast::error_code;

  void on_request_impl(verb, view method, view target, int version, beast_error& e) override;
  void on_response_impl(int, view, int, beast_error&) override {}
  void on_field_impl(field name, view text, view value, beast_error& e) override;
  void on_header_impl(beast_error& e) override;
  void on_body_init_impl(const boost::optional<std::uint64_t>&, beast_error&) override {}
  std::size_t on_body_impl(view piece, beast_error& e) override;
  void on_chunk_header_impl(std::uint64_t, view extensions, beast_error& e) override;
  std::size_t on_chunk_body_impl(std::uint64_t, view piece, beast_error& e) override;
  void on_finish_impl(beast_error&) override {}

  std::size_t skip_empty_lines(std::string_view in);
  step fail(std::uint16_t status, std::string_view reason, std::size_t consumed);
  step fail(const beast_error& e, std::string_view line, std::size_t consumed);
  bool too_long(std::string_view rest);
  void check_field(field name, std::string_view value);
  void set_target(std::string_view target);
  void refuse(std::uint16_t status, std::string_view reason);
  bool stop(beast_error& e) const;

  const limits& bounds_;
  request& into_;
  const char* input_end_ = nullptr;  // of the bytes being parsed
  std::string body_;
  std::string_view authority_;  // of an absolute-form target; lies in `storage_`
  std::string storage_;
  std::uint64_t length_ = 0, body_seen_ = 0;
  std::size_t head_bytes_ = 0, extension_bytes_ = 0;
  std::uint32_t fields_ = 0;
  refusal refusal_;
  std::uint8_t hosts_ = 0, lengths_ = 0;
  bool line_done_ = false, chunked_ = false, keep_alive_ = false, close_ = false;
  bool expects_continue_ = false, offers_upgrade_ = false;
};

}  // namespace puff::http
