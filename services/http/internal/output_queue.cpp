#include "services/http/internal/output_queue.hpp"

namespace puff::http::internal {

std::string& output_queue::tail() {
  if (!open_ || pieces_.back().own.size() >= joined) {
    pieces_.emplace_back();
    open_ = true;
  }
  return pieces_.back().own;
}

void output_queue::append(std::string_view text) {
  tail().append(text);
  bytes_ += text.size();
}

void output_queue::append_piece(std::string piece) {
  if (piece.size() <= joined) return append(std::string_view{piece});
  bytes_ += piece.size();
  pieces_.push_back({std::move(piece), nullptr});
  open_ = false;
}

void output_queue::append_shared(const shared_bytes& what) {
  if (!what.bytes) return;
  if (what.bytes->size() <= joined) {
    append(*what.bytes);
  } else {
    bytes_ += what.bytes->size();
    pieces_.push_back({{}, what.bytes});
    open_ = false;
  }
  append(what.then);
}

std::size_t output_queue::gather(std::span<iovec> into) const noexcept {
  std::size_t used = 0;
  auto offset = offset_;
  for (auto i = first_; i < pieces_.size() && used < into.size(); ++i, offset = 0)
    if (auto text = pieces_[i].text(); text.size() > offset)
      into[used++] = {const_cast<char*>(text.data()) + offset, text.size() - offset};
  return used;
}

void output_queue::consume(std::size_t n) noexcept {
  bytes_ -= n;
  if (bytes_ == 0) return clear();
  n += offset_;
  while (n >= pieces_[first_].text().size()) {
    n -= pieces_[first_].text().size();
    pieces_[first_++] = {};
  }
  offset_ = n;
  if (first_ >= 32 && first_ * 2 >= pieces_.size()) {
    pieces_.erase(pieces_.begin(), pieces_.begin() + static_cast<std::ptrdiff_t>(first_));
    first_ = 0;
  }
}

void output_queue::clear() noexcept {
  pieces_.clear();
  first_ = offset_ = bytes_ = 0;
  open_ = false;
}

}  // namespace puff::http::internal
