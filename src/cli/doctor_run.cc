#include "cli/doctor_run.h"

#include <signal.h>

#include <atomic>

#include "cli/run.h"
#include "doctor/examination/platform.h"
#include "doctor/survey/printed_key.h"
#include "host/epoll_loop.h"
#include "host/machine.h"
#include "host/run_command.h"
#include "knowledge/knowledge.h"
#include "knowledge/models.h"
#include "model/evidence/claude_hosts.h"
#include "vocabulary/limits/doctor.h"
#include "vocabulary/limits/input.h"
#include "vocabulary/text.h"

namespace locksmith::cli {
namespace {

using doctor::examination::Tried;
using doctor::examination::Verdict;

constexpr std::string_view kAdminVariable = "ANTHROPIC_ADMIN_KEY";
constexpr std::string_view kMozillaRoots = "/usr/share/ca-certificates/mozilla";  // Debian's package ca-certificates
constexpr std::string_view kStatusVariable = "LOCKSMITH_STATUS_URL";

std::atomic<host::EpollLoop*> examined_loop = nullptr;
std::atomic<bool> was_interrupted = false;

extern "C" void interrupt_examination(int) {
  was_interrupted = true;
  if (host::EpollLoop* loop = examined_loop.load()) loop->stop();
}

// Where the status page is asked: a company's own copy where one is named, the public ones only for the public API.
std::vector<std::string> status_pages(const doctor::survey::Survey& survey, const RunFlags& flags) {
  if (const auto own = host::RealEnvironment().variable(kStatusVariable); own && !own->empty()) return {std::string(own->reveal())};
  const doctor::survey::Setting* setting = survey.setting("ANTHROPIC_BASE_URL");
  const std::string_view base = !flags.base_url.empty() ? std::string_view(flags.base_url) : setting != nullptr ? std::string_view(setting->value) : "";
  if (!base.empty() && !model::evidence::is_api_base(base)) return {};
  return {doctor::examination::kStatusPages.begin(), doctor::examination::kStatusPages.end()};
}

Result<doctor::survey::ClientKind> client_of(const std::string& name) {
  if (name.empty()) return doctor::survey::ClientKind::any;
  if (const auto named = doctor::survey::client_named(name)) return *named;
  const std::string_view meant = nearest(name, doctor::survey::client_names());
  std::string names;
  for (const std::string_view one : doctor::survey::client_names()) names += (names.empty() ? "" : ", ") + std::string(one);
  return fail(FailureCode("client_unknown"), "There is no client of that name to examine as.",
              (meant.empty() ? "" : "Did you mean " + std::string(meant) + "? ") + "Known: " + names + ".", Blame::user);
}

// With the user's consent: what it prints is the credential, and only its shape is told.
void run_helper(doctor::survey::Survey& survey) {
  const doctor::survey::Held* helper = doctor::survey::helper_in_use(survey);
  if (helper == nullptr) {
    survey.remarks.push_back({"--run-helper", "No key helper is in use here; nothing was run."});
    return;
  }
  doctor::survey::take_helper(survey, host::run_command(helper->command, doctor::survey::helper_environment(survey), limits::kKeyHelper,
                                                        limits::kKeyHelperOutput, was_interrupted));
}

class RealDoctor final : public Doctor {
 public:
  RealDoctor(const RunFlags& flags, doctor::survey::ClientKind client, std::unique_ptr<model::diagnosis::Examiner> examiner)
      : flags_(flags), client_(client), examiner_(std::move(examiner)) {
    examined_loop = &loop_;
    struct sigaction action {};
    action.sa_handler = &interrupt_examination;
    sigaction(SIGINT, &action, &before_);
  }
  ~RealDoctor() override {
    sigaction(SIGINT, &before_, nullptr);
    examined_loop = nullptr;
  }

  Result<DoctorRun> run(const std::function<void(const Tried&)>& progress) override {
    auto place = take_survey(flags_.where, loop_.now(), client_);
    if (!place) return std::unexpected(place.error());
    doctor::survey::Survey survey = std::move(place->survey);
    if (flags_.run_helper) run_helper(survey);
    doctor::examination::Options options;
    options.offline = flags_.offline || !place->is_reachable;
    if (!place->is_reachable) options.offline_because = "the network of " + survey.where + " is not this machine's";
    options.deep = flags_.deep;
    options.examiner = examiner_.get();
    options.interrupted = &was_interrupted;
    if (const auto model = knowledge::smallest_model()) options.smallest_model = *model;
    const host::RealFiles files;
    if (files.facts(std::string(kMozillaRoots)).exists) options.bundled_roots = kMozillaRoots;
    options.status_pages = status_pages(survey, flags_);
    if (const auto resolver = files.read("/etc/resolv.conf", limits::kTextFile)) options.resolv_conf = resolver->reveal();
    if (const auto hosts = files.read("/etc/hosts", limits::kTextFile)) options.hosts_file = hosts->reveal();
    if (flags_.account) options.admin_key = host::RealEnvironment().variable(kAdminVariable);
    if (!flags_.base_url.empty()) options.base_url = flags_.base_url;
    if (!flags_.echo.empty()) options.echo = flags_.echo;
    if (!flags_.model.empty()) options.model = flags_.model;
    DoctorRun run{doctor::examination::examine(loop_, std::move(survey), options, progress), {}, Verdict::undetermined};
    run.diagnosis = examiner_->examine(run.examination.evidence);
    run.verdict = doctor::examination::judge(run.examination, run.diagnosis, options.offline);
    return run;
  }
  Instant now() const override { return loop_.now(); }
  bool interrupted() const override { return was_interrupted; }
  void wait(Duration how_long) override {
    const world::TimerId timer = loop_.after(how_long, [this] { loop_.stop(); });
    loop_.run();
    loop_.cancel(timer);
  }

 private:
  RunFlags flags_;
  doctor::survey::ClientKind client_;
  std::unique_ptr<model::diagnosis::Examiner> examiner_;
  host::EpollLoop loop_;
  struct sigaction before_ {};
};

}  // namespace

Result<std::unique_ptr<Doctor>> Doctor::make(const RunFlags& flags) {
  const auto client = client_of(flags.client);
  if (!client) return std::unexpected(client.error());
  if (flags.account) {
    const auto admin = host::RealEnvironment().variable(kAdminVariable);
    if (!admin || admin->empty()) {
      return fail(FailureCode("admin_key_missing"), "--account needs an Admin API key in ANTHROPIC_ADMIN_KEY.",
                  "Create one in the Console (Admin keys), or leave --account out.", Blame::user);
    }
  }
  auto examiner = knowledge::make_examiner();
  if (!examiner) return std::unexpected(examiner.error());
  return std::make_unique<RealDoctor>(flags, *client, std::move(*examiner));
}

}  // namespace locksmith::cli
