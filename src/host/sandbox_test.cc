// Each test runs in a child: there is no way out of a sandbox.
#include "host/sandbox.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <netdb.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <functional>

namespace locksmith::host {
namespace {

// The number that `inside` gives, from a child's exit.
int in_child(const std::function<int()>& inside) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(inside());
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

std::string made_folder() {
  std::string name = (std::filesystem::temp_directory_path() / "locksmith-sandbox-XXXXXX").string();
  return mkdtemp(name.data());
}

TEST(Sandbox, OutsideOfItEverythingIsPossible) {
  EXPECT_GE(in_child([] { return static_cast<int>(try_to_leave_sandbox().size()); }), 4);
}

TEST(Sandbox, InsideNothingOfItIs) {
  EXPECT_EQ(in_child([] {
              if (!enter_sandbox({}).empty()) return 99;  // this kernel lacks something
              return static_cast<int>(try_to_leave_sandbox().size());
            }),
            0);
}

TEST(Sandbox, WhatServingNeedsStaysPossible) {
  const std::string open = made_folder();
  const std::string closed = made_folder();
  const int result = in_child([&] {
    (void)enter_sandbox({.read = {}, .write = {open}});
    int wrong = 0;
    const int written = ::open((open + "/new").c_str(), O_WRONLY | O_CREAT, 0600);
    if (written < 0 || ::write(written, "x", 1) != 1) wrong |= 1;
    if (::rename((open + "/new").c_str(), (open + "/renamed").c_str()) != 0 || ::unlink((open + "/renamed").c_str()) != 0) wrong |= 2;
    if (::open((closed + "/new").c_str(), O_WRONLY | O_CREAT, 0600) >= 0) wrong |= 4;
    addrinfo* found = nullptr;
    if (::getaddrinfo("localhost", "80", nullptr, &found) != 0) wrong |= 8;
    if (::open("/etc/ssl", O_RDONLY | O_DIRECTORY) < 0) wrong |= 16;
    return wrong;
  });
  EXPECT_EQ(result, 0);
  std::filesystem::remove_all(open);
  std::filesystem::remove_all(closed);
}

}  // namespace
}  // namespace locksmith::host
