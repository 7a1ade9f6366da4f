#include "host/call_filter.h"

#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/io_uring.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <bit>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <vector>

namespace locksmith::host {
namespace {

#if defined(__x86_64__)
constexpr std::uint32_t kArchitecture = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr std::uint32_t kArchitecture = AUDIT_ARCH_AARCH64;
#else
constexpr std::uint32_t kArchitecture = 0;  // unknown: no filter, and that is said
#endif

// The last call that was known when this list was made (Linux 6.1). Of later ones a C library may believe that they are there
// or that they are not, never that they are forbidden: it then does without.
constexpr std::uint32_t kNewestKnown = 450;

// Allowed whatever their arguments. Some are made by the C library only where the machine's clock or its nss modules want it.
constexpr std::array kAllowed{
#if defined(__x86_64__)  // older forms, which newer architectures never had
    SYS_access, SYS_epoll_wait, SYS_lstat, SYS_open, SYS_poll, SYS_readlink, SYS_stat, SYS_time, SYS_unlink,
#endif
    // Sockets that are there or were dialled. Not bind and listen: what listens was made before.
    SYS_accept4, SYS_connect, SYS_getpeername, SYS_getsockname, SYS_getsockopt, SYS_recvfrom, SYS_recvmsg, SYS_sendmmsg, SYS_sendmsg,
    SYS_sendto, SYS_setsockopt, SYS_shutdown,
    // Waiting. Not io_uring_setup and epoll_create1: a loop is made before.
    SYS_epoll_ctl, SYS_epoll_pwait, SYS_io_uring_enter, SYS_ppoll, SYS_pselect6,
    // Files: Landlock says which. SQLite makes, locks, grows and removes its log; a look-up and a reload read.
    SYS_close, SYS_dup3, SYS_faccessat, SYS_faccessat2, SYS_fallocate, SYS_fchmod, SYS_fchown, SYS_fdatasync, SYS_fstat, SYS_fsync,
    SYS_ftruncate, SYS_getcwd, SYS_lseek, SYS_newfstatat, SYS_openat, SYS_pread64, SYS_pwrite64, SYS_read, SYS_readlinkat, SYS_readv,
    SYS_statx, SYS_unlinkat, SYS_write, SYS_writev,
    // Memory. With PROT_EXEC too: the C library loads the modules that look names up only when it needs them.
    SYS_brk, SYS_madvise, SYS_mmap, SYS_mprotect, SYS_mremap, SYS_munmap,
    // Threads and their end.
    SYS_exit, SYS_exit_group, SYS_futex, SYS_restart_syscall, SYS_rseq, SYS_sched_getaffinity, SYS_sched_yield, SYS_set_robust_list,
    // Signals: their handlers; tgkill stands below.
    SYS_rt_sigaction, SYS_rt_sigprocmask, SYS_rt_sigreturn,
    // Time, where the machine's clock cannot be read without a call, and SQLite's waiting for a lock.
    SYS_clock_getres, SYS_clock_gettime, SYS_clock_nanosleep, SYS_gettimeofday, SYS_nanosleep,
    // Questions about oneself and the machine. uname: a look-up asks for the machine's own name.
    SYS_getegid, SYS_geteuid, SYS_getgid, SYS_getpid, SYS_getrandom, SYS_gettid, SYS_getuid, SYS_sysinfo, SYS_uname,
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    // The sanitizers' runtimes: stacks for signals, and a pipe to try whether memory can be read.
    SYS_pipe2, SYS_sigaltstack,
#endif
};

using Values = std::initializer_list<std::uint32_t>;

constexpr std::uint32_t kNewNamespaces = CLONE_NEWCGROUP | CLONE_NEWIPC | CLONE_NEWNET | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWUSER | CLONE_NEWUTS;

std::uint32_t refused_with(int error) { return SECCOMP_RET_ERRNO | static_cast<std::uint32_t>(error); }

// Of an argument's 64 bits the kernel looks at 32 in all calls below but prlimit64.
constexpr std::size_t argument(std::size_t index) {
  return offsetof(seccomp_data, args) + index * sizeof(std::uint64_t) + (std::endian::native == std::endian::little ? 0 : 4);
}

class Filter {
 public:
  void load(std::size_t offset) { lines_.push_back({BPF_LD | BPF_W | BPF_ABS, 0, 0, static_cast<std::uint32_t>(offset)}); }
  void give(std::uint32_t verdict) { lines_.push_back({BPF_RET | BPF_K, 0, 0, verdict}); }
  // The verdict is for those where the comparison of what was loaded holds, or does not.
  void give_if(std::uint16_t comparison, std::uint32_t value, std::uint32_t verdict) { give_where(comparison, value, 0, 1, verdict); }
  void give_unless(std::uint16_t comparison, std::uint32_t value, std::uint32_t verdict) { give_where(comparison, value, 1, 0, verdict); }

  // `lines` looks at the arguments of one call and ends in a verdict.
  template <class Lines>
  void look_into(std::uint32_t call, Lines lines) {
    const std::size_t jump = lines_.size();
    lines_.push_back({BPF_JMP | BPF_JEQ | BPF_K, 0, 0, call});
    lines();
    lines_[jump].jf = static_cast<std::uint8_t>(lines_.size() - jump - 1);
  }

  // Allowed where the argument is one of `values`, else refused with `error`.
  void allow_only(std::uint32_t call, std::size_t index, Values values, int error) {
    look_into(call, [&] {
      load(argument(index));
      for (const std::uint32_t value : values) give_if(BPF_JEQ, value, SECCOMP_RET_ALLOW);
      give(refused_with(error));
    });
  }

  bool use() {
    const sock_fprog program{static_cast<unsigned short>(lines_.size()), lines_.data()};
    return ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
  }

 private:
  void give_where(std::uint16_t comparison, std::uint32_t value, std::uint8_t skipped_if, std::uint8_t skipped_unless, std::uint32_t verdict) {
    lines_.push_back({static_cast<std::uint16_t>(BPF_JMP | comparison | BPF_K), skipped_if, skipped_unless, value});
    give(verdict);
  }

  std::vector<sock_filter> lines_;
};

// Another architecture's calls have other numbers: none is known, so none is made.
void end_other_architectures(Filter& filter) {
  filter.load(offsetof(seccomp_data, arch));
  filter.give_unless(BPF_JEQ, kArchitecture, SECCOMP_RET_KILL_PROCESS);
  filter.load(offsetof(seccomp_data, nr));
#if defined(__x86_64__)
  constexpr std::uint32_t kX32 = 0x40000000;
  filter.give_if(BPF_JGE, kX32, SECCOMP_RET_KILL_PROCESS);
#endif
  filter.give_if(BPF_JGT, kNewestKnown, refused_with(ENOSYS));
}

// A thread of this process, never a process. clone3's flags lie in memory, where no filter looks: to the C library it is not there.
void allow_threads(Filter& filter) {
  filter.give_if(BPF_JEQ, SYS_clone3, refused_with(ENOSYS));
  filter.look_into(SYS_clone, [&] {
    filter.load(argument(0));
    filter.give_if(BPF_JSET, kNewNamespaces, refused_with(EPERM));
    filter.give_unless(BPF_JSET, CLONE_THREAD, refused_with(EPERM));
    filter.give(SECCOMP_RET_ALLOW);
  });
}

// Reading one's own limits, which the C library does for a thread's stack; no new ones, none of another process.
void allow_reading_limits(Filter& filter) {
  filter.look_into(SYS_prlimit64, [&] {
    filter.load(argument(0));
    filter.give_unless(BPF_JEQ, 0, refused_with(EPERM));
    for (const std::size_t half : {0U, 4U}) {
      filter.load(offsetof(seccomp_data, args) + 2 * sizeof(std::uint64_t) + half);
      filter.give_unless(BPF_JEQ, 0, refused_with(EPERM));
    }
    filter.give(SECCOMP_RET_ALLOW);
  });
}

}  // namespace

bool filter_calls() {
  if (kArchitecture == 0) return false;
  Filter filter;
  end_other_architectures(filter);
  for (const auto call : kAllowed) filter.give_if(BPF_JEQ, static_cast<std::uint32_t>(call), SECCOMP_RET_ALLOW);
  allow_threads(filter);
  allow_reading_limits(filter);
  // Of sockets, those of the internet and of this machine only. The C library does without the kernel's list of addresses.
  filter.allow_only(SYS_socket, 0, {AF_INET, AF_INET6, AF_UNIX}, EAFNOSUPPORT);
  // A ring that was made before is taken into use by the thread that it belongs to.
  filter.allow_only(SYS_io_uring_register, 1, {IORING_REGISTER_ENABLE_RINGS}, EPERM);
  filter.allow_only(SYS_fcntl, 1, {F_DUPFD, F_DUPFD_CLOEXEC, F_GETFD, F_GETFL, F_GETLK, F_SETFD, F_SETFL, F_SETLK, F_SETLKW}, EPERM);
  // Whether an output is a terminal, how much of a nameserver's answer is there, and an interface's number in an address like fe80::1%eth0.
  filter.allow_only(SYS_ioctl, 1, {TCGETS, FIONREAD, SIOCGIFINDEX}, EPERM);
  // Names of threads and of memory. Above all not PR_SET_DUMPABLE, which would open the memory again.
  filter.allow_only(SYS_prctl, 0, {PR_GET_DUMPABLE, PR_GET_NAME, PR_SET_NAME, PR_SET_VMA}, EPERM);
  // abort() signals its own thread.
  filter.allow_only(SYS_tgkill, 0, {static_cast<std::uint32_t>(::getpid())}, EPERM);
  filter.give(refused_with(EPERM));
  return filter.use();
}

}  // namespace locksmith::host
