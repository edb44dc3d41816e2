#include "services/graphql/transport/upload_form.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

namespace puff::graphql {
namespace {

using testing::HasSubstr;

struct upload_form_test : testing::Test {
  upload_form_test() {
    head.method = "POST";
    head.headers.add("Content-Type", "multipart/form-data; boundary=\"x y\"");
    head.headers.add("GraphQL-Require-Preflight", "1");
  }

  static std::string part(const std::string& headers, const std::string& content) {
    return "--x y\r\nContent-Disposition: form-data; " + headers + "\r\n\r\n" + content + "\r\n";
  }
  static std::string form(const std::string& map, const std::string& files) {
    return part("name=\"operations\"", R"({"query":"q","variables":{"a":null,"l":[1,null]}})") +
           part("name=\"map\"", map) + files + "--x y--\r\n";
  }
  /// The operations, or what is wrong.
  std::string read(const std::string& body, std::size_t piece = 1'000'000) {
    upload_form reader{head, rules};
    for (std::size_t at = 0; at < body.size(); at += piece)
      if (auto wrong = reader.take(std::string_view{body}.substr(at, piece)))
        return std::to_string(wrong->status) + " " + wrong->text;
    auto read = reader.finish();
    files = reader.files();
    if (auto* wrong = std::get_if<form_fault>(&read))
      return std::to_string(wrong->status) + " " + wrong->text;
    return std::get<std::string>(read);
  }
  std::string content(std::size_t file) const {
    std::ifstream in{files->files.at(file).path()};
    return {std::istreambuf_iterator<char>{in}, {}};
  }

  puff::request head;
  upload_rules rules;
  std::shared_ptr<upload_list> files;
};

constexpr auto two = R"({"0":["variables.a"],"1":["variables.l.1"]})";

TEST_F(upload_form_test, PutsFilesWhereTheMapSaysWhateverThePieces) {
  const auto body =
      form(two, part("name=\"0\"; filename=\"a \\\"b\\\".txt\"\r\nContent-Type: text/plain",
                     "one\r\n--x\r\n") +
                    part("name=\"1\"; filename=b", ""));
  for (const std::size_t piece : {1u, 2u, 7u, 1'000u}) {
    EXPECT_EQ(read(body, piece),
              R"({"query":"q","variables":{"a":{"\u0000upload":0},"l":[1,{"\u0000upload":1}]}})");
    ASSERT_EQ(files->files.size(), 2u);
    EXPECT_EQ(files->files[0].name(), "a \"b\".txt");
    EXPECT_EQ(files->files[0].content_type(), "text/plain");
    EXPECT_EQ(content(0), "one\r\n--x\r\n");
    EXPECT_EQ(files->files[1].name(), "b");
    EXPECT_EQ(content(1), "");
  }
}

TEST_F(upload_form_test, AFileBeyondTheMemoryGoesToDiskWhole) {
  std::string large;
  while (large.size() <= 3 * uploaded_file::memory) large += std::to_string(large.size()) + " ";
  read(form(R"({"f":["variables.a"]})", part("name=\"f\"; filename=l", large)), 10'000);
  EXPECT_EQ(files->files[0].size(), large.size());
  EXPECT_EQ(content(0), large);
}

TEST_F(upload_form_test, LimitsAreKeptWhileItIsRead) {
  const auto file = [](const std::string& name) {
    return part("name=\"" + name + "\"; filename=f", "12345");
  };
  rules.max_file_bytes = 4;
  EXPECT_THAT(read(form(two, file("0"))), HasSubstr("413 A file is larger than the limit of 4"));
  rules = {};
  rules.max_files = 1;
  EXPECT_THAT(read(form(two, file("0") + file("1"))), HasSubstr("413 The limit of files"));
  rules = {};
  rules.max_bytes = 100;
  EXPECT_THAT(read(form(two, file("0") + file("1"))), HasSubstr("413 The request is larger"));
  rules = {};
  rules.max_operations_bytes = 10;
  EXPECT_THAT(read(form(two, "")), HasSubstr("413 A part of the form is larger"));
}

TEST_F(upload_form_test, SaysWhatIsWrongWithAForm) {
  const auto file = part("name=\"0\"; filename=f", "1");
  EXPECT_THAT(read("--x y--\r\n"), HasSubstr("400 The form has no \"operations\""));
  EXPECT_THAT(read(part("name=\"map\"", "{}")), HasSubstr("400 The first part of the form"));
  EXPECT_THAT(read(form(two, file)), HasSubstr("400 The file \"1\" of the map is missing."));
  EXPECT_THAT(read(form(R"({"1":["variables.a"]})", file)),
              HasSubstr("does not name the file \"0\""));
  EXPECT_THAT(read(form(R"({"0":["variables.l.0"]})", file)), HasSubstr("There is no null at"));
  EXPECT_THAT(read(form(R"({"0":["variables.b"]})", file)), HasSubstr("There is no null at"));
  EXPECT_THAT(read(form("[]", file)), HasSubstr("400 \"map\" is a JSON object."));
  EXPECT_THAT(read(form(two, file).substr(0, 200)), HasSubstr("400 The form is not complete."));
  EXPECT_THAT(read("--x yz\r\n"), HasSubstr("A boundary of the form does not end its line."));
}

TEST_F(upload_form_test, IsRefusedWithoutAFieldThatBrowsersAskFor) {
  EXPECT_FALSE(refuse_form(head));
  puff::request plain;
  plain.headers.add("Content-Type", "multipart/form-data; boundary=x");
  EXPECT_EQ(refuse_form(plain)->status, 403);
}

}  // namespace
}  // namespace puff::graphql
