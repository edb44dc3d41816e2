#include "actors/internal/graphql_exchange.hpp"

#include <utility>

namespace puff::internal {
namespace {

using graphql::operation_type;
using graphql::response_media;

/// The last part of a response that the server no longer finishes.
constexpr std::string_view stopping = R"({"hasNext":false})";

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
  const auto first = std::exchange(head_->body, {});
  if (desk_.work->options().http.uploads && graphql::is_form(*head_) && !begin_form()) return;
  if (head_->content_length > max_body())
    return answer(graphql::http_refusal(413, "The body is too large.", response_media::json));
  if (!take_body(first)) return;
  if (head_->body_complete) return read();
  response_part taken;
  taken.id = id_;
  taken.consumed = first.size();
  desk_.out->add(listener_, std::move(taken));
}

void graphql_exchange::take(request_event& event) {
  if (over_) return;
  if (event.what == request_event::kind::end) return read();
  if (event.what == request_event::kind::drained) return drained(event.credit);
  if (event.what != request_event::kind::body || !take_body(event.data)) return;
  response_part taken;
  taken.id = id_;
  taken.consumed = event.data.size();
  desk_.out->add(listener_, std::move(taken));
}

std::size_t graphql_exchange::max_body() const noexcept {
  const auto& rules = desk_.work->options().http;
  return form_ ? rules.uploads->max_bytes : rules.max_body_bytes;
}

bool graphql_exchange::begin_form() {
  if (auto wrong = graphql::refuse_form(*head_)) {
    answer(graphql::http_refusal(wrong->status, wrong->text, response_media::json));
    return false;
  }
  form_ = std::make_unique<graphql::upload_form>(*head_, *desk_.work->options().http.uploads);
  return true;
}

/// False if that was too much, or wrong; then it is answered.
bool graphql_exchange::take_body(std::string_view bytes) {
  std::optional<graphql::form_fault> wrong;
  if (form_)
    wrong = form_->take(bytes);
  else if (body_.size() + bytes.size() > max_body())
    wrong = {413, "The body is too large."};
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
  auto asked = graphql::read_question(*head_, body_, desk_.work->options().http);
  if (auto* refused = std::get_if<response>(&asked)) return answer(std::move(*refused));
  question_ = std::move(std::get<graphql::http_question>(asked));
  desk_.work->authorize(head_->headers, graphql::bearer_token(head_->headers),
                        [me = weak_from_this()](expected<graphql_work::context_ptr> allowed) {
                          if (auto self = me.lock(); self && !self->over_)
                            self->run(std::move(allowed));
                        });
}

void graphql_exchange::run(expected<graphql_work::context_ptr> allowed) {
  if (!allowed) {
    desk_.work->counts().denied.fetch_add(1, std::memory_order_relaxed);
    auto refused = graphql_work::refusal(allowed.error());
    return answer(graphql::http_answer(refused.how, std::move(refused.body), question_.media));
  }
  behalf_.context = std::move(*allowed);
  if (form_) {
    if (!behalf_.context) behalf_.context = std::make_shared<graphql::request_context>();
    behalf_.context->uploads = form_->files();
  }
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
