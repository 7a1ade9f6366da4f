// Each test runs in a child: there is no way out of a sandbox.
#include "host/sandbox.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <netdb.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <functional>
#include <thread>

#include "host/uring_loop.h"

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
  EXPECT_GE(in_child([] { return static_cast<int>(try_to_leave_sandbox().size()); }), 12);
}

TEST(Sandbox, InsideNothingOfItIs) {
  EXPECT_EQ(in_child([] {
              if (!enter_sandbox({}).empty()) return 99;  // this kernel lacks something
              return static_cast<int>(try_to_leave_sandbox().size());
            }),
            0);
}

TEST(Sandbox, ACallThatIsNotListedIsRefusedAndOneThatIsNewIsNotThere) {
  EXPECT_EQ(in_child([] {
              if (!enter_sandbox({}).empty()) return 99;
              int wrong = 0;
              const auto fails_with = [](int error, long result) { return result < 0 && errno == error; };
              if (!fails_with(EPERM, ::fork())) wrong |= 1;
              if (!fails_with(EPERM, ::syscall(SYS_renameat2, -1, "", -1, "", 0))) wrong |= 2;
              if (!fails_with(EPERM, ::syscall(SYS_fcntl, 0, F_SETOWN, ::getpid()))) wrong |= 4;
              const rlimit more{1, 1};
              if (!fails_with(EPERM, ::syscall(SYS_prlimit64, 0, RLIMIT_NPROC, &more, nullptr))) wrong |= 8;
              // Newer than the list; and the form of clone of which the C library knows another one.
              if (!fails_with(ENOSYS, ::syscall(452, -1, "", 0, 0))) wrong |= 16;
              if (!fails_with(ENOSYS, ::syscall(SYS_clone3, nullptr, 0))) wrong |= 32;
              return wrong;
            }),
            0);
}

TEST(Sandbox, LoopsThatWereMadeBeforeRunInsideOnThreadsAndLookNamesUp) {
#if defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "ThreadSanitizer lets a forked process start no threads";
#endif
  for (const bool allow_uring : {false, true}) {
    EXPECT_EQ(in_child([&] {
                const std::unique_ptr<EpollLoop> loop = make_loop(allow_uring);
                (void)enter_sandbox({});
                bool found = false;
                std::thread([&] {
                  loop->resolve("localhost", 80, world::Family::any, std::chrono::seconds(20), [&](world::Resolution result) {
                    found = !result.addresses.empty();
                    // A timer, so that the loop waits once more.
                    loop->after(std::chrono::milliseconds(1), [&] { loop->stop(); });
                  });
                  loop->run();
                }).join();
                return found ? 0 : 1;
              }),
              0)
        << allow_uring;
  }
}

TEST(Sandbox, WhatServingNeedsStaysPossible) {
  const std::string open = made_folder();
  const std::string closed = made_folder();
  const int result = in_child([&] {
    (void)enter_sandbox({.read = {}, .write = {open}});
    int wrong = 0;
    const int written = ::open((open + "/new").c_str(), O_WRONLY | O_CREAT, 0600);
    if (written < 0 || ::write(written, "x", 1) != 1) wrong |= 1;
    struct flock lock {};
    lock.l_type = F_WRLCK;
    if (::fcntl(written, F_SETLK, &lock) != 0 || ::ftruncate(written, 4096) != 0 || ::fdatasync(written) != 0) wrong |= 2;
    if (::pwrite(written, "y", 1, 100) != 1 || ::unlink((open + "/new").c_str()) != 0) wrong |= 2;
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
