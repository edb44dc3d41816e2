#include "services/http/internal/message_deflate.hpp"

#include <zlib.h>

#include <algorithm>
#include <new>

namespace puff::http::internal {
namespace {

/// The end of every compressed message, which is not sent.
constexpr std::string_view tail{"\x00\x00\xff\xff", 4};
constexpr std::size_t kept_output = 256 * 1024;

Bytef* bytes(std::string_view text) {
  return reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
}

}  // namespace

struct message_deflater::state {
  z_stream stream{};
  deflate_context context;
};

message_deflater::message_deflater(int window_bits, deflate_context context)
    : state_(std::make_unique<state>()) {
  state_->context = context;
  if (deflateInit2(&state_->stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, -window_bits, 8,
                   Z_DEFAULT_STRATEGY) != Z_OK)
    throw std::bad_alloc{};
}

message_deflater::~message_deflater() { deflateEnd(&state_->stream); }

void message_deflater::compress(std::string_view message, std::string& into) {
  auto& z = state_->stream;
  into.resize(deflateBound(&z, message.size()) + 16);
  z.next_in = bytes(message);
  z.avail_in = static_cast<uInt>(message.size());
  std::size_t made = 0;
  do {
    if (made == into.size()) into.resize(into.size() * 2);
    z.next_out = bytes(into) + made;
    z.avail_out = static_cast<uInt>(into.size() - made);
    deflate(&z, Z_SYNC_FLUSH);
    made = into.size() - z.avail_out;
  } while (z.avail_out == 0);
  into.resize(made - tail.size());
  if (state_->context == deflate_context::forget) deflateReset(&z);
}

struct message_inflater::state {
  z_stream stream{};
  deflate_context context;
};

message_inflater::message_inflater(deflate_context context) : state_(std::make_unique<state>()) {
  state_->context = context;
  if (inflateInit2(&state_->stream, -15) != Z_OK) throw std::bad_alloc{};
}

message_inflater::~message_inflater() { inflateEnd(&state_->stream); }

message_inflater::outcome message_inflater::expand(std::string_view compressed,
                                                   std::size_t max_bytes, std::string& into) {
  auto& z = state_->stream;
  into.clear();
  std::size_t made = 0;
  auto how = outcome::done;
  for (auto piece : {compressed, tail}) {
    z.next_in = bytes(piece);
    z.avail_in = static_cast<uInt>(piece.size());
    while (how == outcome::done) {
      if (made > max_bytes) {
        how = outcome::too_large;
        break;
      }
      into.resize(
          std::min(std::max<std::size_t>(made * 2, compressed.size() * 3 + 64), max_bytes + 1));
      z.next_out = bytes(into) + made;
      z.avail_out = static_cast<uInt>(into.size() - made);
      const int result = inflate(&z, Z_SYNC_FLUSH);
      made = into.size() - z.avail_out;
      // A final block ends the stream; what follows is a new one.
      if (result == Z_STREAM_END) inflateReset(&z);
      if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR)
        how = outcome::malformed;
      if (z.avail_in == 0 && z.avail_out != 0) break;
      if (result == Z_BUF_ERROR && z.avail_out != 0) break;
    }
  }
  if (made > max_bytes) how = outcome::too_large;
  into.resize(std::min(made, max_bytes));
  if (into.capacity() > kept_output && into.size() < kept_output / 4) into.shrink_to_fit();
  if (state_->context == deflate_context::forget || how != outcome::done) inflateReset(&z);
  return how;
}

}  // namespace puff::http::internal
