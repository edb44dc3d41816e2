#include "services/http/bind_address.hpp"

#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace puff::http {
namespace {

using testing::HasSubstr;

std::string read(std::string_view text) {
  auto a = parse_bind_address(text);
  return a ? to_string(*a) : "error: " + context_of(a.error());
}

TEST(parse_bind_address_test, ReadsEveryForm) {
  EXPECT_EQ(read("127.0.0.1:80"), "127.0.0.1:80");
  EXPECT_EQ(read("[::1]:80"), "[::1]:80");
  EXPECT_EQ(read(":8000"), "0.0.0.0:8000");
  EXPECT_EQ(read("8000"), "127.0.0.1:8000");
  EXPECT_EQ(read("unix:/run/x"), "unix:/run/x");
  EXPECT_EQ(read("localhost:0"), "localhost:0");
  EXPECT_EQ(parse_bind_address("localhost:0")->endpoint.protocol().family(), AF_INET);
}

TEST(parse_bind_address_test, SaysWhatToWriteInstead) {
  for (auto text : {"", "x", "127.0.0.1", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:65536", "a:-1",
                    "::1:80", "[::1:80", "[]:80", "http://a:80", "a:80 "})
    EXPECT_THAT(read(text), HasSubstr("write HOST:PORT")) << text;
  EXPECT_THAT(read("unix:"), HasSubstr("1 to 107 bytes"));
  EXPECT_THAT(read("unix:" + std::string(108, 'x')), HasSubstr("1 to 107 bytes"));
  EXPECT_THAT(read("no..where:80"), HasSubstr("unknown host"));
}

struct open_listener_test : testing::Test {
  boost::asio::io_context io;
  std::filesystem::path folder =
      std::filesystem::path{testing::TempDir()} / ("puff_bind_" + std::to_string(::getpid()));
  open_listener_test() { std::filesystem::create_directory(folder); }
  ~open_listener_test() override { std::filesystem::remove_all(folder); }

  std::string failure(const std::string& text) {
    auto opened = open_listener(io, *parse_bind_address(text));
    return opened ? "no failure" : context_of(opened.error());
  }
  std::string socket() const { return "unix:" + (folder / "s").string(); }
};

TEST_F(open_listener_test, ReportsThePortTheKernelChose) {
  auto opened = open_listener(io, *parse_bind_address("127.0.0.1:0"));
  ASSERT_TRUE(opened);
  EXPECT_GT(opened->local.port, 0);
  EXPECT_EQ(to_string(opened->local), "127.0.0.1:" + std::to_string(opened->local.port));
}

TEST_F(open_listener_test, SaysThatAPortIsInUse) {
  auto first = open_listener(io, *parse_bind_address("127.0.0.1:0"));
  auto text = to_string(first->local);
  EXPECT_EQ(failure(text),
            "cannot listen on " + text +
                ": another program listens there; stop it or choose another address");
}

TEST_F(open_listener_test, SharesAPortWhenAsked) {
  auto first = open_listener(io, *parse_bind_address("127.0.0.1:0"), true);
  EXPECT_TRUE(open_listener(io, first->local, true));
}

TEST_F(open_listener_test, SaysThatAnAddressIsNotOurs) {
  EXPECT_THAT(failure("192.0.2.1:0"), HasSubstr("no interface has this address"));
}

TEST_F(open_listener_test, ReplacesADeadUnixSocketButNotALiveOne) {
  {
    auto first = open_listener(io, *parse_bind_address(socket()));
    ASSERT_TRUE(first);
    EXPECT_THAT(failure(socket()), HasSubstr("another program listens there"));
  }
  EXPECT_TRUE(std::filesystem::exists(folder / "s")) << "left behind, as by a killed process";
  EXPECT_TRUE(open_listener(io, *parse_bind_address(socket())));
}

TEST_F(open_listener_test, NeverRemovesWhatIsNoSocket) {
  std::ofstream{folder / "s"} << "precious";
  EXPECT_THAT(failure(socket()), HasSubstr("another program"));
  EXPECT_TRUE(std::filesystem::is_regular_file(folder / "s"));
}

TEST_F(open_listener_test, SaysThatADirectoryIsMissing) {
  EXPECT_THAT(failure("unix:" + (folder / "none/s").string()),
              HasSubstr("its directory does not exist"));
}

TEST_F(open_listener_test, SaysThatADirectoryIsNotWritable) {
  if (::geteuid() == 0) GTEST_SKIP() << "root may write everywhere";
  ::chmod(folder.c_str(), 0500);
  EXPECT_THAT(failure(socket()), HasSubstr("its directory is not writable"));
}

}  // namespace
}  // namespace puff::http
