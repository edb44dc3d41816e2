#include "actors/actor_ref.hpp"

#include <gtest/gtest.h>

#include <future>
#include <stdexcept>
#include <thread>

#include "actors/federator.hpp"
#include "actors/node.hpp"

namespace puff {
namespace {

using namespace std::chrono_literals;

/// A node of its own with one actor that is a function.
class named_function : public testing::Test {
 protected:
  named_function() {
    over.add_federation({});
    EXPECT_FALSE(over.start_resources());
    name_actor(over, "echo", [this](actor_call call, const actor_ref::on_reply& answer) {
      if (call.what.verb == "throw") throw std::runtime_error{"no"};
      if (call.what.verb == "keep") return kept.set_value(answer);
      if (answer) return answer(actor_reply{content_type::bytes, call.what.body});
      told.set_value(call.what.body);
    });
  }
  static actor_message message(std::string verb, std::string body = {}) {
    return {std::move(verb), content_type::bytes, std::move(body)};
  }
  expected<actor_reply> ask(const std::string& name, actor_message what,
                            std::chrono::milliseconds within = 10s, std::string where = {}) {
    std::promise<expected<actor_reply>> answered;
    actor_ref{over, name, std::move(where)}.ask(
        std::move(what), within,
        [&](expected<actor_reply> reply) { answered.set_value(std::move(reply)); });
    return answered.get_future().get();
  }
  ec failure(const expected<actor_reply>& reply) {
    return reply ? ec::none : code_of(reply.error());
  }

  std::promise<actor_ref::on_reply> kept;
  std::promise<std::string> told;
  node over{{.name = "me", .io_threads = 1, .on_failure = {}}};
};

TEST_F(named_function, AnswersAnAsk) {
  auto reply = ask("echo", message("say", "hello"));
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->body, "hello");
  EXPECT_TRUE(ask("echo", message("say"), 10s, "me"));
}

TEST_F(named_function, HearsWhatItIsTold) {
  actor_ref{over, "echo"}.tell(message("say", "hello"));
  EXPECT_EQ(told.get_future().get(), "hello");
}

TEST_F(named_function, WhatItThrowsIsTheAnswer) {
  auto reply = ask("echo", message("throw"));
  ASSERT_FALSE(reply);
  EXPECT_EQ(code_of(reply.error()), ec::internal);
  EXPECT_EQ(context_of(reply.error()), "no");
}

TEST_F(named_function, MayAnswerLaterFromAnyThread) {
  std::thread later{[this] { kept.get_future().get()(actor_reply{{}, "late"}); }};
  auto reply = ask("echo", message("keep"));
  later.join();
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->body, "late");
}

TEST_F(named_function, WhoDoesNotAnswerTimesOut) {
  EXPECT_EQ(failure(ask("echo", message("keep"), 20ms)), ec::timed_out);
  kept.get_future().get()(actor_reply{});  // too late, and harmless
}

TEST_F(named_function, UnknownNamesAndNodesAreToldApart) {
  EXPECT_EQ(failure(ask("nobody", message("say"))), ec::not_found);
  EXPECT_EQ(failure(ask("echo", message("say"), 10s, "elsewhere")), ec::unavailable);
}

TEST_F(named_function, IsNotFoundWhenItsNameIsWithdrawn) {
  withdraw_actor(over, "echo");
  EXPECT_EQ(failure(ask("echo", message("say"))), ec::not_found);
}

}  // namespace
}  // namespace puff
