#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>
#include <variant>

#include "schemas/error.hpp"

/// What actors say to each other, on this node and across nodes. Plain values.
namespace puff {

/// Whom a message is for. A name is a kind ("mailer": one actor of that name in the cluster), or a
/// kind and a key ("Counter/user-42": one of many, which comes to life when it is needed).
struct actor_address {
  std::string name;
  std::string node;  ///< the node's name; empty: wherever the actor is
};

/// What kind of actor a name belongs to: all before the first '/'.
inline std::string kind_of(const std::string& name) { return name.substr(0, name.find('/')); }

namespace content_type {
inline constexpr const char* json = "application/json";
inline constexpr const char* bytes = "application/octet-stream";
}  // namespace content_type

/// One message. An actor in Python takes `verb` as the method's name; a body of `json` is an array
/// of its arguments or an object of its named ones, any other body is its one argument, as bytes.
struct actor_message {
  std::string verb;
  std::string content_type;
  std::string body;
};

/// A message on its way to whoever has a name.
struct actor_letter {
  actor_address to;
  actor_message what;
  std::chrono::steady_clock::time_point deadline{};
};

/// What an actor answered. JSON from Python, unless it returned bytes.
struct actor_reply {
  std::string content_type;
  std::string body;
};

/// Why there is no answer, as whoever failed told it.
struct actor_failure {
  ec code = ec::internal;
  std::string type;       ///< of the exception in Python, dotted; empty if it was none
  std::string text;       ///< for a person
  std::string traceback;  ///< as printed where it was raised; empty if there is none
};

using actor_outcome = std::variant<actor_reply, actor_failure>;

/// The one form of a failure that callers in C++ get: the code, and a text with type, text and
/// traceback.
inline error error_of(const actor_failure& f) {
  auto text = f.type.empty() ? f.text : f.type + ": " + f.text;
  if (!f.traceback.empty()) text += "\n" + f.traceback;
  return make_error(f.code, std::move(text));
}

/// The failure that an error of this node is.
inline actor_failure failure_of(const error& why) {
  return {code_of(why), {}, context_of(why).empty() ? describe(why) : context_of(why), {}};
}

/// What one node knows of an actor that it was given to keep: others are told it is here until the
/// lease ends.
struct actor_activation {
  std::uint64_t token =
      0;               ///< grows with each activation of the name in the cluster; 0: a lone node
  bool fresh = false;  ///< this message is the first of the activation
  std::string state;   ///< with `fresh`: what was saved last; empty if nothing was
};

/// A message as it reaches the host of its actor.
struct actor_call {
  std::string name;  ///< of the actor
  actor_message what;
  std::chrono::steady_clock::time_point deadline{};  ///< when nobody waits for an answer any more
  actor_activation activation;
};

/// How the actors of one kind live.
enum class actor_life : std::uint8_t {
  named,      ///< here, from the announcement to the end of the node or its withdrawal
  singleton,  ///< on one of the nodes that announce it; moves when that node ends
  keyed,      ///< as NAME/KEY, on one node each; comes to life with its first message
};

/// "This node keeps actors of this kind."
struct actor_announcement {
  std::string kind;
  actor_life life = actor_life::named;
};

/// A message to an actor that comes later, whatever becomes of the nodes until then.
struct actor_reminder {
  std::string actor;
  std::string reminder;  ///< its name, one of each for an actor
  std::chrono::milliseconds delay{0};
  std::chrono::milliseconds period{0};  ///< 0: once
  actor_message what;
};

/// The end of an activation, as its host tells it.
struct actor_rest {
  std::string name;
  std::uint64_t token = 0;
  bool saves = false;    ///< whether `state` is to be kept
  bool releases = true;  ///< false: it goes on living, the state is merely saved
  std::string state;
};

}  // namespace puff
