#include "services/graphql/plan/plan_cache.hpp"

#include "services/graphql/plan/collect_fields.hpp"
#include "services/graphql/values/coercion.hpp"

namespace puff::graphql {
namespace {

std::string_view text_of(const cached_document& d) { return d.doc()->text().body; }

char letter_of(const value* v) {
  if (v == nullptr || v->what() != value::kind::boolean) return '-';
  return v->boolean() ? '1' : '0';
}

}  // namespace

cached_document::cached_document(document_ptr doc)
    : doc_(std::move(doc)), names_(condition_variables(*doc_)) {}

std::string cached_document::conditions(const value_object& variables) const {
  std::string out;
  for (const auto name : names_) out += letter_of(find_variable(variables, name));
  return out;
}

plan_ptr cached_document::find(const operation_node& operation, std::string_view conditions) const {
  const std::lock_guard lock{mutex_};
  for (const auto& e : plans_)
    if (e.plan->operation == &operation && e.conditions == conditions) return e.plan;
  return nullptr;
}

void cached_document::keep(std::string conditions, plan_ptr plan) {
  const std::lock_guard lock{mutex_};
  if (plans_.size() == max_plans) plans_.erase(plans_.begin());
  plans_.push_back({std::move(conditions), std::move(plan)});
}

cached_document_ptr plan_cache::find(std::string_view text) {
  const std::lock_guard lock{mutex_};
  const auto found = by_text_.find(text);
  if (found == by_text_.end()) return nullptr;
  documents_.splice(documents_.begin(), documents_, found->second);
  return documents_.front();
}

cached_document_ptr plan_cache::keep(document_ptr doc) {
  auto made = std::make_shared<cached_document>(std::move(doc));
  const auto text = text_of(*made);
  const std::lock_guard lock{mutex_};
  if (const auto known = by_text_.find(text); known != by_text_.end()) return *known->second;
  documents_.push_front(made);
  by_text_.emplace(text, documents_.begin());
  bytes_ += text.size();
  trim();
  return made;
}

void plan_cache::trim() {
  while (!documents_.empty() && (documents_.size() > limits_.documents || bytes_ > limits_.bytes)) {
    const auto text = text_of(*documents_.back());
    bytes_ -= text.size();
    by_text_.erase(text);
    documents_.pop_back();
  }
}

std::size_t plan_cache::size() const {
  const std::lock_guard lock{mutex_};
  return documents_.size();
}

}  // namespace puff::graphql
