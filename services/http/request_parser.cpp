#include "services/http/request_parser.hpp"

#include <algorithm>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/rfc7230.hpp>

#include "services/http/internal/request_rules.hpp"

namespace puff::http {
namespace {

namespace beast_http = boost::beast::http;
using beast_http::error;

constexpr std::size_t max_method_bytes = 32;
/// "0" CR LF CR LF: no chunked body ends with less, and Beast asserts that it sees it in one piece.
constexpr std::size_t shortest_chunked_end = 5;
constexpr std::size_t max_extension_bytes = 16 * 1024;

std::string_view plain(boost::beast::string_view v) { return {v.data(), v.size()}; }

std::string_view reason_of(const boost::beast::error_code& e) {
  switch (static_cast<error>(e.value())) {
    case error::bad_line_ending: return "a line does not end in CR LF";
    case error::bad_method: return "malformed method";
    case error::bad_target: return "malformed request target";
    case error::bad_version: return "malformed request line";
    case error::bad_field: return "malformed field name";
    case error::bad_value: return "malformed field value";
    case error::bad_content_length:
    case error::multiple_content_length: return "malformed or conflicting content-length";
    case error::bad_transfer_encoding: return "malformed or conflicting transfer-encoding";
    case error::bad_chunk: return "malformed chunk";
    case error::bad_chunk_extension: return "malformed chunk extension";
    case error::bad_obs_fold: return "folded field value";
    default: return "malformed request";
  }
}

}  // namespace

request_parser::request_parser(const limits& bounds, request& into) : bounds_(bounds), into_(into) {
  header_limit(static_cast<std::uint32_t>(bounds.max_head_bytes));
  body_limit(bounds.max_body_bytes);
}

request_parser::step request_parser::put(std::string_view in) {
  if (refusal_.status != 0) return {progress::failed, 0};
  std::size_t taken = got_some() ? 0 : skip_empty_lines(in);
  if (head_bytes_ > bounds_.max_head_bytes) return fail(431, "too many empty lines", taken);
  while (taken < in.size() && !is_done()) {
    auto rest = in.substr(taken);
    if (!got_some() && rest == "\r") break;
    bool in_head = !is_header_done();
    if (!in_head && chunked_ && rest.size() < shortest_chunked_end) break;
    beast_error e;
    input_end_ = rest.data() + rest.size();
    auto n = basic_parser::put(boost::asio::buffer(rest.data(), rest.size()), e);
    taken += n;
    if (in_head) head_bytes_ += n;
    if (head_bytes_ > bounds_.max_head_bytes) return fail(431, "request head too large", taken);
    if (e == error::need_more) {
      if (too_long(in.substr(taken))) return {progress::failed, taken};
      return {progress::need_more, taken};
    }
    if (e) return fail(e, rest, taken);
    if (in_head) return {progress::head, taken};
  }
  return {is_done() ? progress::complete : progress::need_more, taken};
}

std::size_t request_parser::skip_empty_lines(std::string_view in) {
  std::size_t at = 0;
  while (in.substr(at, 2) == "\r\n") at += 2;
  head_bytes_ += at;
  return at;
}

bool request_parser::too_long(std::string_view rest) {
  if (is_header_done()) {
    if (rest.size() <= bounds_.max_head_bytes) return false;
    refuse(431, "chunk header or trailer section too large");
    return true;
  }
  if (!line_done_ && rest.size() > bounds_.max_target_bytes) {
    auto space = rest.find(' ');
    if (space == rest.npos)
      refuse(501, "method too long");
    else if (rest.find(' ', space + 1) == rest.npos &&
             rest.size() - space > bounds_.max_target_bytes + 1)
      refuse(414, "request target too long");
  }
  if (refusal_.status == 0 && head_bytes_ + rest.size() > bounds_.max_head_bytes)
    refuse(431, "request head too large");
  return refusal_.status != 0;
}

request_parser::step request_parser::fail(std::uint16_t status, std::string_view reason,
                                          std::size_t consumed) {
  refuse(status, reason);
  return {progress::failed, consumed};
}

request_parser::step request_parser::fail(const beast_error& e, std::string_view line,
                                          std::size_t consumed) {
  if (refusal_.status != 0) return {progress::failed, consumed};
  if (e == error::body_limit) return fail(413, "request body too large", consumed);
  if (e == error::header_limit)
    return line_done_ ? fail(431, "request head too large", consumed)
                      : fail(414, "request target too long", consumed);
  if (e == error::bad_version) {
    line = line.substr(0, line.find("\r\n"));
    auto target = line.find(' ');
    auto version = line.find(' ', target + 1);
    if (version != line.npos && internal::is_version(line.substr(version + 1)))
      return fail(505, "HTTP/1.0 and HTTP/1.1 are spoken here", consumed);
  }
  return fail(400, reason_of(e), consumed);
}

void request_parser::refuse(std::uint16_t status, std::string_view reason) {
  if (refusal_.status == 0) refusal_ = {status, reason};
}

bool request_parser::stop(beast_error& e) const {
  if (refusal_.status != 0) e = error::bad_value;
  return refusal_.status != 0;
}

void request_parser::on_request_impl(verb, view method, view target, int version, beast_error& e) {
  line_done_ = true;
  into_.minor_version = static_cast<std::uint8_t>(version % 10);
  if (method.size() > max_method_bytes) refuse(501, "method too long");
  if (target.size() > bounds_.max_target_bytes) refuse(414, "request target too long");
  if (stop(e)) return;
  into_.method.assign(method.data(), method.size());
  set_target(plain(target));
  into_.headers.reserve(12, 512);
  stop(e);
}

void request_parser::set_target(std::string_view target) {
  if (into_.method == "CONNECT") return refuse(501, "CONNECT is for proxies");
  if (target.find('#') != target.npos) return refuse(400, "a request target has no fragment");
  if (target.front() == '/' || (target == "*" && into_.method == "OPTIONS")) {
    into_.target.assign(target);
    return;
  }
  storage_.assign(target);
  auto [authority, rest] = internal::split_absolute(storage_);
  if (authority.empty() || !internal::is_host(authority))
    return refuse(400, "malformed request target");
  authority_ = authority;
  if (rest.empty() && into_.method == "OPTIONS")
    into_.target = "*";
  else
    into_.target.assign(rest.empty() || rest.front() == '?' ? "/" : "").append(rest);
}

void request_parser::on_field_impl(field name, view text, view value, beast_error& e) {
  if (++fields_ > bounds_.max_fields) refuse(431, "too many header fields");
  // A folded value was put together elsewhere, or begins on a later line than its name.
  const char* after_colon = text.data() + text.size() + 1;
  bool in_place = value.data() >= after_colon && value.data() <= input_end_;
  if (!in_place || std::find(after_colon, value.data(), '\n') != value.data())
    refuse(400, "folded field value");
  if (stop(e) || is_header_done()) return;
  check_field(name, plain(value));
  if (stop(e)) return;
  if (name == field::host && !authority_.empty()) value = {authority_.data(), authority_.size()};
  into_.headers.add(plain(text), plain(value));
}

void request_parser::check_field(field name, std::string_view value) {
  switch (name) {
    case field::host:
      if (++hosts_ > 1) return refuse(400, "more than one Host field");
      if (!internal::is_host(value)) refuse(400, "malformed Host");
      return;
    case field::content_length:
      if (++lengths_ > 1 || value.find_first_not_of("0123456789") != value.npos)
        refuse(400, "malformed or repeated content-length");
      return;
    case field::transfer_encoding:
      if (into_.minor_version == 0)
        return refuse(400, "transfer-encoding does not exist in HTTP/1.0");
      if (auto status = internal::refusal_of_coding(value); status != 0)
        return refuse(status,
                      status == 501 ? "unknown transfer coding" : "malformed transfer-encoding");
      chunked_ = true;
      return;
    case field::connection:
      close_ |= beast_http::token_list{{value.data(), value.size()}}.exists("close");
      return;
    case field::upgrade: offers_upgrade_ = true; return;
    case field::expect:
      if (into_.minor_version == 0) return;
      if (!equal_ignoring_case(value, "100-continue")) return refuse(417, "unknown expectation");
      expects_continue_ = true;
      return;
    default: return;
  }
}

void request_parser::on_header_impl(beast_error& e) {
  if (hosts_ == 0 && into_.minor_version == 1) refuse(400, "no Host field");
  if (stop(e)) return;
  fields_ = 0;
  if (lengths_ > 0) {
    length_ = *content_length();
    into_.content_length = length_;
  }
  keep_alive_ = basic_parser::keep_alive() && !close_;
}

std::size_t request_parser::on_body_impl(view piece, beast_error&) {
  body_.append(piece.data(), piece.size());
  body_seen_ += piece.size();
  return piece.size();
}

void request_parser::on_chunk_header_impl(std::uint64_t, view extensions, beast_error& e) {
  extension_bytes_ += extensions.size();
  if (extension_bytes_ > max_extension_bytes) refuse(400, "too many chunk extensions");
  stop(e);
}

std::size_t request_parser::on_chunk_body_impl(std::uint64_t, view piece, beast_error& e) {
  return on_body_impl(piece, e);
}

}  // namespace puff::http
