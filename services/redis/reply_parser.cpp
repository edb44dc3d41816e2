#include "services/redis/reply_parser.hpp"

#include <hiredis/read.h>
extern "C" {
#include <hiredis/sds.h>
}

#include <algorithm>
#include <cstring>
#include <new>
#include <string>

namespace puff::redis {
namespace {

/// An array may announce any number of elements, so no more room than this is believed in advance.
constexpr int believed_elements = 1024;
/// An empty buffer above this size is given back.
constexpr std::size_t kept_buffer = 1 << 20;

/// Where the value of `task` belongs: the reply itself, or the next element of its array. Only the
/// last element of an array can be incomplete, so growing an array moves nothing that is in use.
redis_value& place_of(const redisReadTask* task) {
  if (task->parent == nullptr) return *static_cast<redis_value*>(task->privdata);
  auto& array = static_cast<redis_value*>(task->parent->obj)->data;
  return std::get<redis_value::array>(array).emplace_back();
}

template <class Build>
void* create(const redisReadTask* task, Build build) noexcept {
  try {
    auto& place = place_of(task);
    build(place.data);
    return &place;
  } catch (const std::bad_alloc&) {
    return nullptr;  // hiredis reports it as out of memory
  }
}

void* create_string(const redisReadTask* task, char* text, std::size_t size) {
  return create(task, [&](auto& data) {
    if (task->type == REDIS_REPLY_STATUS)
      data.template emplace<redis_value::status>().text.assign(text, size);
    else if (task->type == REDIS_REPLY_ERROR)
      data.template emplace<redis_value::failure>().text.assign(text, size);
    else
      data.template emplace<std::string>(text, size);
  });
}

void* create_array(const redisReadTask* task, int elements) {
  return create(task, [&](auto& data) {
    data.template emplace<redis_value::array>().reserve(
        static_cast<std::size_t>(std::clamp(elements, 0, believed_elements)));
  });
}

void* create_integer(const redisReadTask* task, long long value) {
  return create(task, [&](auto& data) { data = std::int64_t{value}; });
}

void* create_nil(const redisReadTask* task) {
  return create(task, [](auto& data) { data = redis_value::nil{}; });
}

void free_nothing(void*) {}  // the root value is owned by the parser

redisReplyObjectFunctions functions{create_string, create_array, create_integer, create_nil,
                                    free_nothing};

}  // namespace

struct reply_parser::state {
  explicit state(std::size_t limit)
      : reader(redisReaderCreateWithFunctions(&functions)), max_reply_bytes(limit) {
    if (reader == nullptr) throw std::bad_alloc{};
    reader->privdata = &root;
  }
  ~state() { redisReaderFree(reader); }
  state(const state&) = delete;
  state& operator=(const state&) = delete;

  std::size_t unread() const noexcept { return reader->len - reader->pos; }

  redisReader* reader;
  redis_value root;
  std::size_t max_reply_bytes;
  std::size_t fed = 0;  // bytes since the last complete reply
};

reply_parser::reply_parser(std::size_t max_reply_bytes)
    : state_(std::make_unique<state>(max_reply_bytes)) {}
reply_parser::~reply_parser() = default;
reply_parser::reply_parser(reply_parser&&) noexcept = default;
reply_parser& reply_parser::operator=(reply_parser&&) noexcept = default;

std::span<char> reply_parser::prepare(std::size_t size) {
  auto* r = state_->reader;
  if (state_->unread() == 0) {
    if (sdsalloc(r->buf) > kept_buffer) {
      sdsfree(r->buf);
      r->buf = sdsempty();
    } else {
      sdsclear(r->buf);
    }
    r->pos = r->len = 0;
  }
  auto* grown = r->buf == nullptr ? nullptr : sdsMakeRoomFor(r->buf, size);
  if (grown == nullptr) throw std::bad_alloc{};
  r->buf = grown;
  return {r->buf + r->len, sdsavail(r->buf)};
}

void reply_parser::commit(std::size_t size) {
  auto* r = state_->reader;
  sdsIncrLen(r->buf, static_cast<int>(size));
  r->len = sdslen(r->buf);
  state_->fed += size;
}

void reply_parser::feed(std::string_view bytes) {
  if (bytes.empty()) return;
  auto room = prepare(bytes.size());
  std::memcpy(room.data(), bytes.data(), bytes.size());
  commit(bytes.size());
}

expected<std::optional<redis_value>> reply_parser::take() {
  void* reply = nullptr;
  if (redisReaderGetReply(state_->reader, &reply) != REDIS_OK)
    return make_error(ec::bad_request, state_->reader->errstr);
  if (reply == nullptr) {
    if (state_->fed > state_->max_reply_bytes)
      return make_error(ec::too_large, "a Redis reply of more than " +
                                           std::to_string(state_->max_reply_bytes) + " bytes");
    return std::optional<redis_value>{};
  }
  state_->fed = state_->unread();
  return std::optional<redis_value>{std::exchange(state_->root, redis_value{})};
}

}  // namespace puff::redis
