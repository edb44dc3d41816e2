#include "services/addons/instance.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <stdexcept>

#include "services/addons/library.hpp"

namespace puff::addons {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

const puff_host* host = nullptr;
struct gate {
  std::promise<void> reached, opened;
};
std::shared_ptr<gate> the_gate;

puff_text text(std::string_view s) { return {s.data(), s.size()}; }
std::string text(puff_text t) { return {t.data, t.size}; }

void echo(void*, puff_handle call, const puff_message* m) { host->answer(host->self, call, m); }
void throws(void*, puff_handle, const puff_message*) { throw std::runtime_error{"out of tea"}; }
void forgets(void*, puff_handle, const puff_message*) {}
void blocks(void*, puff_handle call, const puff_message* m) {
  auto here = the_gate;  // a job that waits behind this one throws here: it is one too many
  auto opened = here->opened.get_future();
  here->reached.set_value();
  opened.wait();
  host->answer(host->self, call, m);
}
void answers_twice(void*, puff_handle call, const puff_message* m) {
  host->answer(host->self, call, m);
  host->fail(host->self, call, PUFF_FAILED, text("again"));
}
void forwards(void*, puff_handle call, const puff_message* m) {
  auto replied = [](void* state, std::uint32_t status, const puff_message* reply) {
    const auto whom = reinterpret_cast<puff_handle>(state);
    if (status == PUFF_OK) return host->answer(host->self, whom, reply);
    host->fail(host->self, whom, status, reply->body);
  };
  host->ask(host->self, 1, text("elsewhere"), m, 1000, replied, reinterpret_cast<void*>(call));
}
void page(void*, puff_handle exchange, const puff_request* r) {
  const puff_field type{text("Content-Type"), text("text/plain")};
  const auto body = text(r->method) + " " + text(r->target) + " " + text(r->params[0].value);
  host->respond(host->self, exchange, 201, &type, 1, text(body));
}
void bad_page(void*, puff_handle, const puff_request*) { throw std::runtime_error{"no page"}; }

std::uint32_t start_all(const puff_host* given, char*, std::size_t) {
  host = given;
  void* at = given->self;
  given->add_actor(at, text("echo"), echo, nullptr);
  given->add_actor(at, text("throws"), throws, nullptr);
  given->add_actor(at, text("forgets"), forgets, nullptr);
  given->add_actor(at, text("blocks"), blocks, nullptr);
  given->add_actor(at, text("twice"), answers_twice, nullptr);
  given->add_actor(at, text("forwards"), forwards, nullptr);
  given->add_route(at, text("GET"), text("/page/{name}"), page, nullptr);
  given->add_route(at, text("GET"), text("/bad"), bad_page, nullptr);
  return PUFF_OK;
}

constexpr puff_addon described(std::uint32_t (*start)(const puff_host*, char*, std::size_t)) {
  return {PUFF_ADDON_MAGIC, PUFF_ADDON_ABI, sizeof(puff_addon), 0, "shop", "1.0", start,
          nullptr,          nullptr};
}

class outside final : public port {
 public:
  void tell(const std::string&, actor_message) override {}
  void ask(const std::string& name, actor_message what, std::chrono::milliseconds,
           std::function<void(expected<actor_reply>)> done) override {
    if (what.verb == "fail") return done(make_error(ec::unavailable, name + " is gone"));
    done(actor_reply{"text/plain", name + " got " + what.body});
  }
};

class addon_instance : public testing::Test {
 protected:
  void SetUp() override {
    instance_options how;
    how.threads = 2;
    how.max_waiting = 3;
    how.settings = {{"colour", "green"}};
    auto made = instance::start(entry_, how);
    ASSERT_TRUE(made) << describe(made.error());
    addon_ = std::move(*made);
    addon_->begin(outside_, {arrived_, handled_, refused_});
  }
  void TearDown() override { EXPECT_TRUE(addon_->stop(5s)); }

  std::future<expected<actor_reply>> ask(const std::string& name, const std::string& verb,
                                         const std::string& body,
                                         std::chrono::milliseconds within = 10s) {
    auto done = std::make_shared<std::promise<expected<actor_reply>>>();
    actor_call call{
        name, {verb, "text/plain", body}, std::chrono::steady_clock::now() + within, {}};
    for (const auto& actor : addon_->actors())
      if (actor.name == name)
        addon_->deliver(actor, std::move(call),
                        [done](expected<actor_reply> got) { done->set_value(std::move(got)); });
    return done->get_future();
  }
  response get(std::size_t route) {
    auto done = std::make_shared<std::promise<response>>();
    auto what = std::make_shared<request>();
    what->method = "GET";
    what->target = "/page/tea?x=1";
    addon_->serve(addon_->routes()[route], what, {{"name", "tea"}},
                  [done](response got) { done->set_value(std::move(got)); });
    return done->get_future().get();
  }

  const puff_addon entry_ = described(start_all);
  outside outside_;
  std::atomic<std::uint64_t> arrived_{0}, handled_{0}, refused_{0};
  std::unique_ptr<instance> addon_;
};

TEST_F(addon_instance, AnswersMessages) {
  auto got = ask("echo", "say", "hello").get();
  ASSERT_TRUE(got) << describe(got.error());
  EXPECT_EQ(got->body, "hello");
  EXPECT_EQ(got->content_type, "text/plain");
}

TEST_F(addon_instance, TellsWhoAskedThatItThrew) {
  auto got = ask("throws", "say", "hello").get();
  ASSERT_FALSE(got);
  EXPECT_EQ(code_of(got.error()), ec::server_error);
  EXPECT_THAT(context_of(got.error()), HasSubstr("out of tea"));
  EXPECT_TRUE(ask("echo", "say", "on").get()) << "it goes on";
}

TEST_F(addon_instance, AnswersForAnActorThatForgets) {
  auto got = ask("forgets", "say", "hello", 30ms).get();
  ASSERT_FALSE(got);
  EXPECT_EQ(code_of(got.error()), ec::timed_out);
}

TEST_F(addon_instance, HoldsUpNobodyWhenOneActorBlocks) {
  auto here = the_gate = std::make_shared<gate>();
  auto late = ask("blocks", "say", "late");
  here->reached.get_future().wait();
  EXPECT_TRUE(ask("echo", "say", "meanwhile").get());
  here->opened.set_value();
  EXPECT_TRUE(late.get());
}

TEST_F(addon_instance, RefusesWhatABlockedActorHasNoRoomFor) {
  auto here = the_gate = std::make_shared<gate>();
  auto running = ask("blocks", "say", "x");
  here->reached.get_future().wait();
  std::vector<std::future<expected<actor_reply>>> waiting;
  for (int i = 0; i < 3; ++i) waiting.push_back(ask("blocks", "say", "x", 50ms));
  auto refused = ask("blocks", "say", "x").get();
  ASSERT_FALSE(refused);
  EXPECT_EQ(code_of(refused.error()), ec::overloaded);
  EXPECT_EQ(arrived_, 5u);
  EXPECT_EQ(handled_, 1u);
  EXPECT_EQ(refused_, 1u);
  for (auto& each : waiting) EXPECT_EQ(code_of(each.get().error()), ec::timed_out);
  here->opened.set_value();
  EXPECT_TRUE(running.get());
}

TEST_F(addon_instance, TakesOneAnswerForAQuestion) {
  auto got = ask("twice", "say", "once").get();
  ASSERT_TRUE(got);
  EXPECT_EQ(got->body, "once");
}

TEST_F(addon_instance, AsksOthersAndHearsTheirFailures) {
  auto got = ask("forwards", "say", "tea").get();
  ASSERT_TRUE(got);
  EXPECT_EQ(got->body, "elsewhere got tea");
  auto failed = ask("forwards", "fail", "tea").get();
  ASSERT_FALSE(failed);
  EXPECT_EQ(code_of(failed.error()), ec::unavailable);
}

TEST_F(addon_instance, AnswersRequests) {
  auto got = get(0);
  EXPECT_EQ(got.head.status, 201);
  EXPECT_EQ(got.body, "GET /page/tea?x=1 tea");
  EXPECT_EQ(got.head.headers.get("content-type"), "text/plain");
  EXPECT_EQ(get(1).head.status, 500);
}

TEST_F(addon_instance, ReadsItsSettings) {
  puff_text value{};
  EXPECT_EQ(host->setting(host->self, text("colour"), &value), std::uint32_t{PUFF_OK});
  EXPECT_EQ(text(value), "green");
  EXPECT_EQ(host->setting(host->self, text("size"), &value), std::uint32_t{PUFF_NOT_FOUND});
}

TEST_F(addon_instance, FiresATimerOnceUnlessItIsCancelled) {
  struct fire {
    static void now(void* state) { static_cast<std::promise<void>*>(state)->set_value(); }
  };
  std::promise<void> fired, never;
  auto cancelled = host->after(host->self, 1, 3'600'000, fire::now, &never);
  EXPECT_EQ(host->cancel(host->self, cancelled), std::uint32_t{PUFF_OK});
  EXPECT_EQ(host->cancel(host->self, cancelled), std::uint32_t{PUFF_NOT_FOUND});
  auto timer = host->after(host->self, 1, 1, fire::now, &fired);
  fired.get_future().wait();
  EXPECT_EQ(host->cancel(host->self, timer), std::uint32_t{PUFF_NOT_FOUND});
}

TEST_F(addon_instance, AnswersWhatWaitsWhenItEnds) {
  auto waiting = ask("forgets", "say", "hello");
  ask("forgets", "say", "heard").wait_for(0s);
  addon_->stop(5s);
  EXPECT_EQ(code_of(waiting.get().error()), ec::shutting_down);
}

std::string reason(puff_addon entry) {
  auto made = instance::start(entry, {});
  return made ? "" : context_of(made.error());
}

TEST(addon_start, RefusesAnotherAbiAndSaysWhatToDo) {
  auto old = described(start_all);
  old.abi = PUFF_ADDON_ABI + 1;
  EXPECT_THAT(reason(old), HasSubstr("was built for add-on ABI 2, this Puff has ABI 1"));
  auto other = described(start_all);
  other.magic = 0;
  EXPECT_THAT(reason(other), HasSubstr("no add-on"));
}

TEST(addon_start, TellsTheReasonOfARefusal) {
  auto no = [](const puff_host*, char* why, std::size_t room) -> std::uint32_t {
    std::snprintf(why, room, "no licence");
    return PUFF_UNAVAILABLE;
  };
  EXPECT_EQ(reason(described(no)), "add-on shop 1.0 cannot be used: no licence");
  auto throws_up = [](const puff_host*, char*, std::size_t) -> std::uint32_t {
    throw std::runtime_error{"no tea"};
  };
  EXPECT_EQ(reason(described(throws_up)), "add-on shop 1.0 cannot be used: no tea");
}

TEST(addon_start, RefusesTwoActorsOfOneName) {
  auto twice = [](const puff_host* to, char*, std::size_t) -> std::uint32_t {
    to->add_actor(to->self, text("a"), echo, nullptr);
    to->add_actor(to->self, text("a"), echo, nullptr);
    return PUFF_OK;
  };
  EXPECT_THAT(reason(described(twice)), HasSubstr("actor 'a' is registered twice"));
}

TEST(addon_library, NamesTheFileThatIsNone) {
  auto missing = load_library("/nowhere/shop.so");
  ASSERT_FALSE(missing);
  EXPECT_EQ(context_of(missing.error()), "add-on /nowhere/shop.so cannot be read");
  auto text_file = load_library("/etc/passwd");
  ASSERT_FALSE(text_file);
  EXPECT_THAT(context_of(text_file.error()), HasSubstr("cannot be loaded: "));
}

}  // namespace
}  // namespace puff::addons
