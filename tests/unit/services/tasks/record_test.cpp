#include "services/tasks/record.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace puff::tasks {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

record plain() {
  record r;
  r.function = "app.tasks.greet";
  r.param = R"({"name":"ada"})";
  return r;
}

TEST(task_record, KeepsAllItsParts) {
  auto r = plain();
  r.claims = 7;
  r.given_back = 2;
  r.max_attempts = 9;
  r.priority = -100;
  r.timeout = 1ms;
  r.keep_result = 0ms;
  r.unique = "u";
  r.limit_key = "k";
  r.concurrency = 3;
  r.limit = {5, 60'000ms};
  r.again = {2, 10ms, 1'000ms};
  r.next = std::string(40, '\0');
  r.member = std::string("0123456789abcdef") + "12";
  auto back = decode(encode(r));
  ASSERT_TRUE(back);
  EXPECT_EQ(back->claims, 7);
  EXPECT_EQ(back->given_back, 2);
  EXPECT_EQ(back->max_attempts, 9);
  EXPECT_EQ(back->priority, -100);
  EXPECT_EQ(back->timeout, 1ms);
  EXPECT_EQ(back->keep_result, 0ms);
  EXPECT_EQ(back->function, r.function);
  EXPECT_EQ(back->param, r.param);
  EXPECT_EQ(back->unique, "u");
  EXPECT_EQ(back->limit_key, "k");
  EXPECT_EQ(back->concurrency, 3u);
  EXPECT_EQ(back->limit.times, 5u);
  EXPECT_EQ(back->limit.per, 60'000ms);
  EXPECT_EQ(back->again.times, 2u);
  EXPECT_EQ(back->again.first, 10ms);
  EXPECT_EQ(back->again.last, 1'000ms);
  EXPECT_EQ(back->next, r.next);
  EXPECT_EQ(back->member, r.member);
  EXPECT_TRUE(back->special());
}

TEST(task_record, HasAHeaderOf22BytesAndEndsWithItsParameter) {
  auto bytes = encode(plain());
  EXPECT_EQ(bytes.size(), 22 + plain().function.size() + plain().param.size());
  EXPECT_TRUE(bytes.ends_with(plain().param));
  EXPECT_FALSE(decode(bytes)->special());
}

TEST(task_record, RefusesWhatIsCutShortOrForeign) {
  auto r = plain();
  r.unique = "key";
  const auto bytes = encode(r);
  const auto shortest = bytes.size() - r.param.size();
  for (std::size_t size = 0; size < shortest; ++size)
    EXPECT_FALSE(decode(std::string_view{bytes}.substr(0, size))) << size;
  EXPECT_FALSE(decode("junk that is long enough to be a task"));
}

TEST(task_record, ValidationNamesWhatIsWrong) {
  auto wrong = [](auto change) {
    auto r = plain();
    change(r);
    return context_of(validate(r));
  };
  EXPECT_FALSE(validate(plain()));
  EXPECT_THAT(wrong([](record& r) { r.timeout = 0ms; }), HasSubstr("timeout_ms"));
  EXPECT_THAT(wrong([](record& r) { r.keep_result = -1ms; }), HasSubstr("keep_results_for_ms"));
  EXPECT_THAT(wrong([](record& r) { r.max_attempts = 0; }), HasSubstr("max_attempts"));
  EXPECT_THAT(wrong([](record& r) { r.priority = 101; }), HasSubstr("priority"));
  EXPECT_THAT(wrong([](record& r) { r.function.clear(); }), HasSubstr("function"));
  EXPECT_THAT(wrong([](record& r) { r.concurrency = 1; }), HasSubstr("key"));
  EXPECT_THAT(wrong([](record& r) { r.next = std::string(70'000, 'x'); }), HasSubstr("later"));
}

}  // namespace
}  // namespace puff::tasks
