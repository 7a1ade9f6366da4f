#include "cli/scan_verify.h"

#include <utility>

#include "cli/ask_once.h"
#include "doctor/examination/credential_headers.h"
#include "model/evidence/claude_hosts.h"
#include "vocabulary/url.h"

namespace locksmith::cli {
namespace {

using doctor::survey::Header;
using model::credential::Shape;

bool is_this_machine(std::string_view host) { return host == "localhost" || host == "::1" || host.starts_with("127."); }

// False: this kind is not asked about, and `why` says so.
bool put_credential(const scanner::Finding& finding, upstream::Plan& plan, std::string& why) {
  const auto carry = [&](std::string_view path, Header header) {
    plan.path = path;
    doctor::examination::add_credential(plan, header, finding.key.reveal(), doctor::survey::ClientKind::curl);
    return true;
  };
  switch (finding.shape) {
    case Shape::api_key:
      return carry("/v1/models?limit=1", Header::x_api_key);
    case Shape::admin_key:
    case Shape::scoped_key:
      return carry("/v1/organizations/me", Header::x_api_key);
    case Shape::oauth_token:
      return carry("/v1/models?limit=1", Header::bearer_oauth);
    case Shape::refresh_token:
      why = "asking with a refresh token would use it up";
      return false;
    case Shape::virtual_key:
      why = "a gateway's key: locksmith keys list there says";
      return false;
    default:
      why = "the API has no way to ask about this kind";
      return false;
  }
}

void judge(ScanFinding& f, const upstream::Observed& seen) {
  f.alive = Alive::unknown;
  if (!seen.status) {
    f.answer = "the API did not answer (" + std::string(upstream::name(seen.reached)) + ")";
  } else if (*seen.status / 100 == 2) {
    f.alive = Alive::live;
    f.answer.clear();
    if (const std::string* id = seen.header("anthropic-organization-id")) f.organization = *id;
  } else if (*seen.status == 401) {
    f.alive = Alive::dead;
  } else {
    f.answer = "the API answered " + std::to_string(*seen.status);
  }
}

}  // namespace

Result<void> verify(std::vector<ScanFinding>& findings, const std::string& base_url, const std::atomic<bool>& stop,
                    const std::function<void(std::size_t)>& progress) {
  auto target = upstream::parse_target(base_url);
  if (!target) return std::unexpected(std::move(target.error()));
  if (!model::evidence::is_api_base(base_url) && !is_this_machine(target->host)) {
    return fail(FailureCode("verify_elsewhere"), "Found keys are sent to " + std::string(model::evidence::kApiBase) + " or to this machine, and nowhere else.",
                "Leave --verify-at out, or name an emulator: --verify-at http://127.0.0.1:PORT", Blame::user);
  }
  std::size_t done = 0;
  for (ScanFinding& f : findings) {
    progress(done++);
    if (stop.load(std::memory_order_relaxed)) {
      f.alive = Alive::unknown;
      f.answer = "stopped before it was asked";
      continue;
    }
    upstream::Plan plan;
    plan.target = *target;
    if (!put_credential(f.finding, plan, f.answer)) {
      f.alive = Alive::unknown;
      continue;
    }
    judge(f, ask_once(std::move(plan)));
  }
  return {};
}

}  // namespace locksmith::cli
