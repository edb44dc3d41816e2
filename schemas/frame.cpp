#include "schemas/frame.hpp"

#include <algorithm>
#include <limits>

#include "schemas/proto/envelope.pb.h"

namespace puff {
namespace {

constexpr auto last_kind = frame_kind::stale_epoch;

void write(const node_identity& from, wire::Identity& to) {
  to.set_node(from.node);
  to.set_epoch(from.epoch);
}

node_identity read(const wire::Identity& from) { return {from.node(), from.epoch()}; }

void write(const actor_failure& from, wire::Failure& to) {
  to.set_code(static_cast<std::uint32_t>(from.code));
  to.set_type(from.type);
  to.set_text(from.text);
  to.set_traceback(from.traceback);
}

actor_failure read(const wire::Failure& from) {
  const auto known = from.code() > 0 && from.code() <= static_cast<std::uint32_t>(ec::internal);
  return {known ? static_cast<ec>(from.code()) : ec::internal, from.type(), from.text(),
          from.traceback()};
}

void write(const frame& from, wire::Frame& to) {
  to.set_kind(static_cast<wire::Frame::Kind>(from.kind));
  to.set_correlation(from.correlation);
  to.set_budget_ms(from.budget_ms);
  to.set_actor(from.actor);
  to.set_verb(from.what.verb);
  to.set_content_type(from.what.content_type);
  to.set_body(from.what.body);
  to.set_trace(from.trace);
  if (from.kind == frame_kind::failure) write(from.failure, *to.mutable_failure());
}

frame read(wire::Frame& from) {
  frame to;
  if (const auto kind = from.kind(); kind >= 0 && kind <= static_cast<int>(last_kind))
    to.kind = static_cast<frame_kind>(kind);
  to.correlation = from.correlation();
  to.budget_ms = from.budget_ms();
  to.actor = std::move(*from.mutable_actor());
  to.what = {std::move(*from.mutable_verb()), std::move(*from.mutable_content_type()),
             std::move(*from.mutable_body())};
  to.trace = std::move(*from.mutable_trace());
  if (from.has_failure()) to.failure = read(from.failure());
  return to;
}

template <class Message>
expected<Message> parse(std::string_view bytes, const char* what) {
  Message parsed;
  const bool fits = bytes.size() <= static_cast<std::size_t>(std::numeric_limits<int>::max());
  if (fits && parsed.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return parsed;
  return make_error(ec::bad_argument, std::string{"these bytes are no "} + what);
}

}  // namespace

std::string encode(const frame_bundle& bundle) {
  wire::Bundle to;
  to.set_protocol(bundle.protocol);
  write(bundle.source, *to.mutable_source());
  write(bundle.target, *to.mutable_target());
  to.set_sequence(bundle.sequence);
  for (const auto& each : bundle.frames) write(each, *to.add_frames());
  return to.SerializeAsString();
}

std::string encode(const member_record& member) {
  wire::Member to;
  write(member.identity, *to.mutable_identity());
  to.set_protocol(member.protocol);
  to.set_release(member.release);
  to.set_host(member.host);
  to.set_pid(member.pid);
  to.set_joined_ms(member.joined_ms);
  return to.SerializeAsString();
}

expected<frame_bundle> decode_bundle(std::string_view bytes) {
  auto from = parse<wire::Bundle>(bytes, "bundle of frames");
  if (!from) return std::move(from.error());
  frame_bundle to;
  to.protocol = from->protocol();
  to.source = read(from->source());
  to.target = read(from->target());
  to.sequence = from->sequence();
  to.frames.reserve(static_cast<std::size_t>(from->frames_size()));
  for (auto& each : *from->mutable_frames()) to.frames.push_back(read(each));
  return to;
}

expected<member_record> decode_member(std::string_view bytes) {
  auto from = parse<wire::Member>(bytes, "member's record");
  if (!from) return std::move(from.error());
  member_record to;
  to.identity = read(from->identity());
  to.protocol = from->protocol();
  to.release = from->release();
  to.host = from->host();
  to.pid = from->pid();
  to.joined_ms = from->joined_ms();
  return to;
}

}  // namespace puff
