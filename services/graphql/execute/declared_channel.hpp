#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "services/graphql/execute/resolver.hpp"

namespace puff::graphql {

/// A piece of a channel's name: a text, or the argument of that name.
struct channel_part {
  enum class kind : std::uint8_t { text, argument };
  kind what = kind::text;
  std::string text;
};

/// The root field of a subscription that is nothing but a channel: each message is one event.
struct channel_field {
  std::string pool = "default";  ///< of publish and subscribe
  std::vector<channel_part> name;
  /// Asked for each subscriber: any answer but `failed` lets in. Null: everybody may.
  std::shared_ptr<field_resolver> guard{};
};

/// Makes events of a channel's messages: of a String or ID the text as it is, of anything else the
/// message's JSON. What is no JSON, or no object where the field has a type with fields, is an
/// error in the place of that event's value, and the stream goes on. No code of the program runs.
class declared_channel final : public stream_resolver {
 public:
  explicit declared_channel(channel_field what) : what_(std::move(what)) {}
  ~declared_channel() override;

  const std::string& pool() const noexcept { return what_.pool; }

  void admit(const field_call& call, reply<std::optional<field_failure>> done) override;
  bool is_same_for_all() const noexcept override { return true; }
  void open(const field_call& call, std::shared_ptr<event_sink> sink,
            reply<std::optional<field_failure>> done) override;
  void stop(const event_sink& sink) override;

 private:
  class run;

  const channel_field what_;
  std::mutex guards_open_;
  std::map<const event_sink*, std::shared_ptr<run>> open_;
};

/// The fields of a schema that are channels, "Subscription.heard", and their pools.
std::vector<std::pair<std::string, std::string>> channels_of(const bound_schema& schema);

/// The channel's name with these arguments; none if one of them is null or absent.
std::optional<std::string> channel_name(const std::vector<channel_part>& parts,
                                        const value_object& arguments);

/// A message as the value of a field: a column of one row.
column_ptr event_of(const field& f, std::string_view title, const pubsub_message& message);

}  // namespace puff::graphql
