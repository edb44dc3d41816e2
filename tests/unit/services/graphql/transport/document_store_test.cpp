#include "services/graphql/transport/document_store.hpp"

#include <gtest/gtest.h>

namespace puff::graphql {
namespace {

constexpr auto hash_of_a = "d03b7d9ee6bbb4bae1d1fc8a3d42d87a5a8a4f5ab6ff8e4fb7e5ca9f5a7c1a4e";

std::string code_of_refusal(document_store& store, wire_operation asked) {
  const auto refused = store.resolve(asked);
  return refused ? refused->extensions : "";
}

wire_operation named(std::string id) {
  wire_operation out;
  out.document_id = std::move(id);
  return out;
}

wire_operation hashed(std::string hash, std::string query = {}) {
  wire_operation out;
  out.query = std::move(query);
  out.persisted_hash = std::move(hash);
  return out;
}

wire_operation written(std::string query) { return hashed({}, std::move(query)); }

TEST(document_store, ReadsListsOfIdsAndApollosManifest) {
  EXPECT_EQ(read_document_list(R"({"1":"{a}","2":"{b}"})")->at("2"), "{b}");
  const auto manifest = read_document_list(
      R"({"format":"apollo-persisted-query-manifest","operations":[{"id":"x","body":"{c}"}]})");
  EXPECT_EQ(manifest->at("x"), "{c}");
  EXPECT_FALSE(read_document_list("[]"));
  EXPECT_FALSE(read_document_list(R"({"1":2})"));
  EXPECT_FALSE(read_document_list(R"({"operations":[{"id":"x"}]})"));
}

TEST(document_store, FindsTrustedDocumentsByTheirIds) {
  document_store store{{.trusted = {{"1", "{a}"}}}};
  auto asked = named("1");
  EXPECT_FALSE(store.resolve(asked));
  EXPECT_EQ(asked.query, "{a}");
  EXPECT_NE(code_of_refusal(store, named("2")).find("NOT_FOUND"), std::string::npos);
}

TEST(document_store, RefusesOtherDocumentsIfTold) {
  document_store store{{.trusted = {{"1", "{a}"}}, .only_trusted = true}};
  EXPECT_EQ(code_of_refusal(store, written("{a}")), "");
  EXPECT_NE(code_of_refusal(store, written("{b}")).find("NOT_TRUSTED"), std::string::npos);
  EXPECT_NE(code_of_refusal(store, hashed(hash_of_a, "{b}")).find("NOT_TRUSTED"),
            std::string::npos);
}

TEST(document_store, KeepsNothingUnlessTold) {
  document_store store{{}};
  EXPECT_NE(code_of_refusal(store, hashed("x")).find("NOT_SUPPORTED"), std::string::npos);
}

TEST(document_store, RefusesAHashOfAnotherDocument) {
  document_store store{{.max_kept = 2}};
  EXPECT_NE(code_of_refusal(store, hashed("00", "{a}")).find("MISMATCH"), std::string::npos);
}

TEST(document_store, ForgetsWhatIsLongestUnused) {
  document_store store{{.max_kept = 2}};
  for (const auto* name : {"1", "2", "3"}) {
    store.accepted(hashed(name, std::string{"{"} + name + "}"));
    auto first = hashed("1");
    EXPECT_FALSE(store.resolve(first));
  }
  EXPECT_EQ(store.kept(), 2u);
  EXPECT_NE(code_of_refusal(store, hashed("2")), "");
  EXPECT_EQ(code_of_refusal(store, hashed("3")), "");
}

TEST(document_store, IsBoundedInBytes) {
  document_store store{{.max_kept = 10, .max_bytes = 100}};
  for (const auto* name : {"1", "2", "3"}) store.accepted(hashed(name, std::string(40, 'x')));
  EXPECT_EQ(store.kept(), 2u);
}

}  // namespace
}  // namespace puff::graphql
