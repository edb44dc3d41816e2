#include "services/graphql/execute/declared_channel.hpp"

#include <utility>

#include "services/graphql/execute/channel_source.hpp"
#include "services/graphql/execute/internal/shape.hpp"
#include "services/graphql/language/string_text.hpp"
#include "services/graphql/values/coercion.hpp"
#include "services/graphql/values/inspect.hpp"
#include "services/graphql/values/json_input.hpp"
#include "services/graphql/values/memory_rows.hpp"

namespace puff::graphql {
namespace {

using opened_reply = reply<std::optional<field_failure>>;

/// Passes on whether the guard has refused.
class judgement final : public receiver<answer> {
 public:
  explicit judgement(opened_reply to) : to_(std::move(to)) {}
  void receive(answer given) override {
    auto* refused = std::get_if<failed>(&given);
    to_(refused == nullptr ? std::nullopt : std::optional{std::move(refused->why)});
  }
  void dropped() override { to_ = opened_reply{}; }
  void when_cancelled(std::function<void()> stop) override { to_.when_cancelled(std::move(stop)); }

 private:
  opened_reply to_;
};

std::string text_of(const value& v) {
  switch (v.what()) {
    case value::kind::text: return v.text();
    case value::kind::enumeration: return v.enumeration();
    default: return inspect(v);
  }
}

bool is_text(const type_ref& type) {
  const auto& plain = type.nullable();
  return !plain.is_list() && (plain.named().name == "String" || plain.named().name == "ID");
}

value read_event(const field& f, std::string_view title, const pubsub_message& message) {
  if (is_text(f.type)) return internal::valid_utf8(message.body);
  auto read = parse_json(message.body);
  if (!read)
    return field_failure{
        std::string{title} + " got a message that is no JSON: " + context_of(read.error()) + ".",
        {}};
  const auto& plain = f.type.nullable();
  if (plain.is_list() || plain.named().is_leaf() || read->is_object() || read->is_null())
    return std::move(*read);
  return field_failure{std::string{title} + " got a message that is no JSON object.", {}};
}

}  // namespace

std::optional<std::string> channel_name(const std::vector<channel_part>& parts,
                                        const value_object& arguments) {
  std::string out;
  for (const auto& part : parts) {
    if (part.what == channel_part::kind::text) {
      out += part.text;
      continue;
    }
    const auto* given = find_variable(arguments, part.text);
    if (given == nullptr || given->is_null()) return std::nullopt;
    out += text_of(given->plain());
  }
  return out;
}

std::vector<std::pair<std::string, std::string>> channels_of(const bound_schema& schema) {
  std::vector<std::pair<std::string, std::string>> out;
  const auto* root = schema.types->root(operation_type::subscription);
  if (root == nullptr) return out;
  for (const auto& f : root->fields) {
    const auto* stream = std::get_if<from_stream>(&schema.binding(f));
    const auto* declared =
        stream == nullptr ? nullptr : dynamic_cast<const declared_channel*>(stream->resolver.get());
    if (declared != nullptr) out.emplace_back(root->name + "." + f.name, declared->pool());
  }
  return out;
}

column_ptr event_of(const field& f, std::string_view title, const pubsub_message& message) {
  auto kept = std::make_shared<const value>(read_event(f, title, message));
  return column_of({kept.get()}, kept);
}

/// One open channel: gives its sink a message when the last one was taken.
class declared_channel::run final : public std::enable_shared_from_this<run> {
 public:
  run(const plan_field& of, std::shared_ptr<event_sink> sink)
      : field_(*of.definition), title_(internal::name_of(of)), sink_(std::move(sink)) {}

  void open(channel_source& source, const std::string& pool, const std::string& channel,
            opened_reply done) {
    auto owed = std::make_shared<opened_reply>(std::move(done));
    feed_ = source.open(pool, channel, [me = weak_from_this(), owed](const error& why) {
      const auto self = me.lock();
      if (!self || self->sink_ == nullptr) return;
      if (why) return (*owed)(self->failure(why));
      (*owed)(std::nullopt);
      self->take();
    });
  }

  void close() {
    feed_ = nullptr;
    sink_ = nullptr;
  }

 private:
  field_failure failure(const error& why) const {
    return {title_ + " cannot hear its channel: " + describe(make_error(code_of(why))) + ".", {}};
  }

  void take() {
    if (const auto feed = feed_)
      feed->next([me = weak_from_this()](expected<pubsub_item> item) {
        if (const auto self = me.lock()) self->give(std::move(item));
      });
  }

  void give(expected<pubsub_item> item) {
    const auto sink = sink_;
    if (sink == nullptr) return;
    if (!item) return sink->failed(failure(item.error()));
    sink->next(
        event_of(field_, title_, *item->message),
        [me = weak_from_this()] {
          if (const auto self = me.lock()) self->take();
        },
        item->gap);
  }

  const field& field_;  // valid while there is a subscription
  const std::string title_;
  std::shared_ptr<event_sink> sink_;  // null when it is over
  std::shared_ptr<channel_feed> feed_;
};

declared_channel::~declared_channel() = default;

void declared_channel::admit(const field_call& call, opened_reply done) {
  if (what_.guard == nullptr) return done(std::nullopt);
  what_.guard->resolve(call, reply<answer>{std::make_unique<judgement>(std::move(done))});
}

void declared_channel::open(const field_call& call, std::shared_ptr<event_sink> sink,
                            opened_reply done) {
  const auto title = internal::name_of(call.field);
  if (call.channels == nullptr)
    return done(field_failure{title + ": there is no publish and subscribe for this request.", {}});
  const auto channel = channel_name(what_.name, call.arguments);
  if (!channel)
    return done(field_failure{title + ": its channel is named by an argument that is null.", {}});
  const auto* key = sink.get();
  auto made = std::make_shared<run>(call.field, std::move(sink));
  {
    std::scoped_lock lock{guards_open_};
    open_[key] = made;
  }
  made->open(*call.channels, what_.pool, *channel, std::move(done));
}

void declared_channel::stop(const event_sink& sink) {
  std::shared_ptr<run> found;
  {
    std::scoped_lock lock{guards_open_};
    if (auto at = open_.extract(&sink)) found = std::move(at.mapped());
  }
  if (found) found->close();
}

}  // namespace puff::graphql
