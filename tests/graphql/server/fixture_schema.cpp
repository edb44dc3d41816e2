#include <cstdlib>
#include <iostream>
#include <map>

#include "services/graphql/execute/resolver.hpp"
#include "services/graphql/schema/build_schema.hpp"
#include "services/graphql/values/column_builder.hpp"
#include "tests/graphql/server/schemas.hpp"

using namespace puff::graphql;

namespace {

constexpr auto text = R"(
  type Query { getValue: String! throwing: String }
  type Mutation { setValue(value: String!): String! }
  type Subscription {
    greetings: String!
    ping(key: String): String!
    many(count: Int!): Int!
    endless: Int!
    throwing: String!
  }
)";

class throwing final : public field_resolver {
 public:
  void resolve(const field_call&, reply<answer> done) override {
    done(answer{failed{{"Kaboom!", {}}}});
  }
};

class echo final : public field_resolver {
 public:
  void resolve(const field_call& call, reply<answer> done) override {
    done(answer{shared{texts({call.arguments.front().second.text()})}});
  }
};

/// Five greetings at once.
class greetings final : public stream_resolver {
 public:
  void open(const field_call&, std::shared_ptr<event_sink> sink,
            reply<std::optional<field_failure>> done) override {
    done(std::nullopt);
    for (const auto* word : {"Hi", "Bonjour", "Hola", "Ciao", "Zdravo"}) sink->next(texts({word}));
    sink->ended();
  }
  void stop(const event_sink&) override {}
};

class many final : public stream_resolver {
 public:
  void open(const field_call& call, std::shared_ptr<event_sink> sink,
            reply<std::optional<field_failure>> done) override {
    const auto count = call.arguments.front().second.integer();
    done(std::nullopt);
    for (std::int64_t i = 0; i < count; ++i) sink->next(integers({i}));
    sink->ended();
  }
  void stop(const event_sink&) override {}
};

/// Counts as fast as it is read.
class endless final : public stream_resolver {
 public:
  void open(const field_call&, std::shared_ptr<event_sink> sink,
            reply<std::optional<field_failure>> done) override {
    done(std::nullopt);
    tell(sink, 0);
  }
  void stop(const event_sink&) override {}

 private:
  static void tell(const std::shared_ptr<event_sink>& sink, std::int64_t number) {
    sink->next(integers({number}), [weak = std::weak_ptr{sink}, number] {
      if (const auto open = weak.lock()) tell(open, number + 1);
    });
  }
};

/// Open until it is stopped.
class ping final : public stream_resolver {
 public:
  void open(const field_call&, std::shared_ptr<event_sink> sink,
            reply<std::optional<field_failure>> done) override {
    sinks_[sink.get()] = sink;
    done(std::nullopt);
  }
  void stop(const event_sink& sink) override { sinks_.erase(&sink); }

 private:
  std::map<const event_sink*, std::shared_ptr<event_sink>> sinks_;
};

class refusing final : public stream_resolver {
 public:
  void open(const field_call&, std::shared_ptr<event_sink>,
            reply<std::optional<field_failure>> done) override {
    done(field_failure{"Kaboom!", {}});
  }
  void stop(const event_sink&) override {}
};

}  // namespace

bound_schema_ptr fixture_schema() {
  auto types = build_schema(text);
  if (!types) {
    std::cerr << types.errors().front().message << '\n';
    std::exit(2);
  }
  auto s = std::make_shared<bound_schema>(*types);
  s->bind("Query", "getValue", from_constant{"value"});
  s->bind("Query", "throwing", from_resolver{std::make_shared<throwing>(), {}});
  s->bind("Mutation", "setValue", from_resolver{std::make_shared<echo>(), {}});
  s->bind("Subscription", "greetings", from_stream{std::make_shared<greetings>()});
  s->bind("Subscription", "many", from_stream{std::make_shared<many>()});
  s->bind("Subscription", "endless", from_stream{std::make_shared<endless>()});
  s->bind("Subscription", "ping", from_stream{std::make_shared<ping>()});
  s->bind("Subscription", "throwing", from_stream{std::make_shared<refusing>()});
  return s;
}
