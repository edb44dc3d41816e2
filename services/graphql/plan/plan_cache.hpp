#pragma once

#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "services/graphql/plan/plan.hpp"

namespace puff::graphql {

/// A document that was found valid, and the plans made of it so far.
class cached_document {
 public:
  static constexpr std::size_t max_plans = 64;

  explicit cached_document(document_ptr doc);

  const document_ptr& doc() const noexcept { return doc_; }

  /// What distinguishes the plans of an operation: the values of the variables in @skip and
  /// @include.
  std::string conditions(const value_object& variables) const;
  plan_ptr find(const operation_node& operation, std::string_view conditions) const;
  /// Keeps a plan; of too many the oldest goes.
  void keep(std::string conditions, plan_ptr plan);

 private:
  struct entry {
    std::string conditions;
    plan_ptr plan;
  };
  document_ptr doc_;
  std::vector<std::string_view> names_;  // of the variables that decide
  mutable std::mutex mutex_;             // guards plans_
  std::vector<entry> plans_;
};

using cached_document_ptr = std::shared_ptr<cached_document>;

struct plan_cache_limits {
  std::size_t documents = 1'000;
  std::size_t bytes = 8u << 20;  ///< of all texts together
};

/// The documents last used with one schema, by their text: a repeated request is neither parsed nor
/// validated nor planned. Only valid documents are kept, and never a response. Any thread.
class plan_cache {
 public:
  explicit plan_cache(const plan_cache_limits& limits = {}) : limits_(limits) {}

  /// Null if the text is not known.
  cached_document_ptr find(std::string_view text);
  /// Keeps a document; if another thread has kept the same text meanwhile, that one.
  cached_document_ptr keep(document_ptr doc);

  std::size_t size() const;

 private:
  using order = std::list<cached_document_ptr>;  // the last used first
  void trim();

  const plan_cache_limits limits_;
  mutable std::mutex mutex_;  // guards what follows
  order documents_;
  std::unordered_map<std::string_view, order::iterator> by_text_;
  std::size_t bytes_ = 0;
};

}  // namespace puff::graphql
