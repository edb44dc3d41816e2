#include "actors/internal/graphql_exchange.hpp"

#include <utility>

namespace puff::internal {
namespace {

using graphql::operation_type;
using graphql::response_media;

/// The last part of a response that the server no longer finishes.
constexpr std::string_view stopping = R"({"hasNext":false})";

constexpr std::string_view large_body = "The body is too large.";

response too_large() { return graphql::http_refusal(413, large_body, response_media::json); }

std::string list_of(const std::vector<graphql_answer>& answers) {
  std::string out = "[";
  for (const auto& a : answers) {
    if (out.size() > 1) out += ',';
    out += a.body;
  }
  return out += ']';
}

}  // namespace

graphql_exchange::graphql_exchange(graphql_desk& desk, std::uint32_t listener, exchange_id id,
                                   std::unique_ptr<request> head)
    : desk_(desk), listener_(listener), id_(id), head_(std::move(head)) {}

graphql_exchange::~graphql_exchange() {
  if (reservation_) reservation_->detach();
}

void graphql_exchange::begin() {
  auto first = std::exchange(head_->body, {});
  if (rules().uploads && graphql::is_form(*head_)) return begin_form(std::move(first));
  if (head_->content_length > rules().max_body_bytes) return answer(too_large());
  if (!take_body(first)) return;
  if (head_->body_complete) return read();
  consumed(first.size());
}

void graphql_exchange::take(request_event& event) {
  using kind = request_event::kind;
  if (over_) return;
  if (event.what == kind::drained) return drained(event.credit);
  if (asks_) return hold(event);
  if (event.what == kind::end) return read();
  if (event.what == kind::body && take_body(event.data)) consumed(event.data.size());
}

/// Lets the client send so much more.
void graphql_exchange::consumed(std::size_t bytes) {
  response_part taken;
  taken.id = id_;
  taken.consumed = bytes;
  desk_.out->add(listener_, std::move(taken));
}

const graphql::http_rules& graphql_exchange::rules() const noexcept {
  return desk_.work->options().http;
}

/// Nothing of a form is read, and no file made of it, before its sender may ask. What comes by then
/// is not told to be consumed, so it is no more than the listener's window.
void graphql_exchange::begin_form(std::string first) {
  if (auto wrong = graphql::refuse_form(*head_))
    return answer(graphql::http_refusal(wrong->status, wrong->text, response_media::json));
  if (head_->content_length > rules().uploads->max_bytes) return answer(too_large());
  form_ = std::make_unique<graphql::upload_form>(*head_, *rules().uploads);
  asks_ = true;
  held_body_ = std::move(first);
  authorize(&graphql_exchange::form_allowed);
}

void graphql_exchange::hold(request_event& event) {
  if (event.what == request_event::kind::end) head_->body_complete = true;
  if (event.what == request_event::kind::body) held_body_ += event.data;
}

void graphql_exchange::form_allowed() {
  asks_ = false;
  if (!behalf_.context) behalf_.context = std::make_shared<graphql::request_context>();
  behalf_.context->uploads = form_->files();
  const auto held = std::exchange(held_body_, {});
  if (!take_body(held)) return;
  if (head_->body_complete) return read();
  consumed(held.size());
}

/// False if that was too much, or wrong; then it is answered.
bool graphql_exchange::take_body(std::string_view bytes) {
  std::optional<graphql::form_fault> wrong;
  if (form_)
    wrong = form_->take(bytes);
  else if (body_.size() + bytes.size() > rules().max_body_bytes)
    wrong = {413, std::string{large_body}};
  else
    body_ += bytes;
  if (wrong) answer(graphql::http_refusal(wrong->status, wrong->text, response_media::json));
  return !wrong;
}

bool graphql_exchange::end_form() {
  auto read = form_->finish();
  if (auto* wrong = std::get_if<graphql::form_fault>(&read)) {
    answer(graphql::http_refusal(wrong->status, wrong->text, response_media::json));
    return false;
  }
  body_ = std::move(std::get<std::string>(read));
  return true;
}

void graphql_exchange::read() {
  if (form_ && !end_form()) return;
  auto asked = graphql::read_question(*head_, body_, rules());
  if (auto* refused = std::get_if<response>(&asked)) return answer(std::move(*refused));
  question_ = std::move(std::get<graphql::http_question>(asked));
  if (form_) return run();
  authorize(&graphql_exchange::run);
}

/// Then goes on if its sender may.
void graphql_exchange::authorize(void (graphql_exchange::*then)()) {
  desk_.work->authorize(head_->headers, graphql::bearer_token(head_->headers),
                        [me = weak_from_this(), then](expected<graphql_work::context_ptr> how) {
                          const auto self = me.lock();
                          if (!self || self->over_) return;
                          if (!how) return self->deny(how.error());
                          self->behalf_.context = std::move(*how);
                          (*self.*then)();
                        });
}

void graphql_exchange::deny(const error& why) {
  desk_.work->counts().denied.fetch_add(1, std::memory_order_relaxed);
  auto refused = graphql_work::refusal(why);
  answer(graphql::http_answer(refused.how, std::move(refused.body), question_.media));
}

void graphql_exchange::run() {
  if (question_.what != graphql::question_kind::execute || !question_.token.empty())
    return run_single();
  const auto count = question_.operations.size();
  left_ = count;
  answers_.resize(count);
  jobs_.resize(count);
  const auto keep = shared_from_this();
  for (std::size_t i = 0; i < count && !over_; ++i) run_one(i);
}

void graphql_exchange::run_one(std::size_t number) {
  const auto increments =
      question_.is_batch ? graphql::incremental_format::none : question_.increments;
  auto prepared = desk_.work->prepare(std::move(question_.operations[number]), increments);
  if (!prepared) return answered(number, {desk_.work->refusal(prepared.errors()), false});
  if (question_.wants_events && !question_.is_batch && !is_mutation_by_get(*prepared))
    return stream(std::move(*prepared));
  if (is_mutation_by_get(*prepared)) return answer(graphql::mutation_by_get(question_.media));
  jobs_[number] = desk_.work->execute(std::move(*prepared), behalf_,
                                      [me = weak_from_this(), number](graphql_part given) {
                                        if (auto self = me.lock())
                                          self->answered(number, std::move(given));
                                      });
  if (in_parts_) drained(0);
}

bool graphql_exchange::is_mutation_by_get(const graphql::prepared_request& p) const {
  return question_.method == graphql::http_method::get && p.operation() == operation_type::mutation;
}

void graphql_exchange::answered(std::size_t number, graphql_part given) {
  if (over_) return;
  if (given.has_next || in_parts_) return write_part(given.body, given.has_next);
  answers_[number] = std::move(given);
  if (--left_ != 0) return;
  if (question_.is_batch)
    return answer(
        graphql::http_answer(graphql_outcome::executed, list_of(answers_), question_.media));
  auto& only = answers_.front();
  answer(graphql::http_answer(only.how, std::move(only.body), question_.media));
}

/// Forgets the exchange. False if that was done before.
bool graphql_exchange::leave() {
  if (std::exchange(over_, true)) return false;
  desk_.forget(listener_, *this);
  return true;
}

void graphql_exchange::answer(response whole) {
  const auto keep = shared_from_this();
  if (!leave()) return;
  response_part part;
  part.id = id_;
  part.has_head = part.last = true;
  part.head = std::move(whole.head);
  part.data = std::move(whole.body);
  part.spent = std::move(head_);
  desk_.out->add(listener_, std::move(part));
}

void graphql_exchange::end() {
  jobs_.clear();
  subscription_.reset();
  if (in_parts_) return write_part(stopping, false);
  if (streams_) return end_events();
  answer(graphql::http_refusal(503, "The server is stopping.", question_.media));
}

}  // namespace puff::internal
