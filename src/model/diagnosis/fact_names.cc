#include <bit>

#include "model/diagnosis/facts.h"
#include "model/evidence/observations.h"
#include "vocabulary/assert.h"

namespace locksmith::model::diagnosis {
namespace {

// Every derived fact, with when it holds. derive.cc adds them.
constexpr std::string_view kDerived[] = {
    // the answer's class, by status or type
    "class.auth", "class.permission", "class.not-found", "class.rate", "class.bad-request", "class.overloaded",
    "class.server", "class.too-large", "class.payment", "class.proxy-login", "class.transport", "class.http-error",
    "class.none",         // the document tells of no error at all
    "class.wordless",     // an error class, but no known meaning in its text
    "status.200", "status.400", "status.401", "status.403", "status.404", "status.405", "status.407", "status.429",
    "status.500", "status.502", "status.503", "status.504", "status.52x",
    "type.forbidden", "type.api",  // api: one of the API's own error types
    "body.html", "body.json", "body.empty",
    "resp.request-id",    // a valid request-id: the answer came from the API itself
    "resp.refused-by-gateway",  // a Locksmith gateway refused it, by its code, its header or its sentence: the API never saw it
    "resp.cloudflare", "resp.retry-after", "resp.foreign-server", "resp.redirect", "resp.challenge",
    // how the request left
    "hdr.authorization", "hdr.x-api-key", "hdr.two-credentials", "hdr.no-credential", "hdr.bearer-api-key",
    "hdr.bearer-oauth", "hdr.x-api-key-oauth", "hdr.version", "hdr.version-misnamed", "hdr.version-doubled",
    "hdr.version-absent", "hdr.beta", "hdr.beta-lacks-oauth", "hdr.origin", "hdr.tenant",
    "url.doubled-v1", "url.lacks-v1", "url.openai-style", "url.not-api-host", "url.other-than-base", "url.models", "url.admin", "url.web-app",
    "base.custom", "base.loopback", "base.plain-http", "base.has-v1", "base.trailing-slash", "base.empty", "base.anthropic", "base.unusable",
    "provider.other", "provider.anthropic", "gateway.named", "proxy.set", "proxy.socks", "proxy.unusable", "ca.set",
    "workspace.unset", "model.known", "model.long-context",
    // credentials
    "cred.listed", "cred.none-set", "cred.none-used", "cred.one-set", "cred.two-set", "cred.env-unset", "cred.env-empty", "cred.env-set",
    "cred.env-used", "cred.elsewhere", "cred.shell-file", "cred.dotenv-set", "cred.dotenv-empty-used", "cred.dotenv-used",
    "cred.keychain-unreadable", "cred.unreadable", "cred.ci-empty", "cred.ci-unset", "cred.ci-set", "cred.ui",
    "cred.login-stored", "cred.login-unused", "cred.unused-set", "cred.used-empty", "cred.expired", "cred.stored-expired",
    "cred.env-expired", "cred.refresh-present", "cred.virtual-unused", "cred.settings-used", "cred.helper-used",
    "cred.token-in-key-variable", "cred.other-provider-only", "cred.env-and-login", "cred.token-and-key", "cred.flawed",
    "cred.code", "cred.unsendable", "cred.profile-used", "cred.unlike-any", "cred.virtual-seen",
    "cred.shape.api-key", "cred.shape.admin-key", "cred.shape.scoped-key", "cred.shape.oauth-token",
    "cred.shape.refresh-token", "cred.shape.session-key", "cred.shape.federated-token", "cred.shape.virtual-key",
    "cred.shape.other-provider", "cred.shape.key-id", "cred.shape.placeholder", "cred.shape.masked", "cred.shape.unknown",
    "cred.flaw.leading-space", "cred.flaw.trailing-space", "cred.flaw.trailing-newline", "cred.flaw.carriage-return",
    "cred.flaw.quoted", "cred.flaw.non-ascii", "cred.flaw.truncated", "cred.flaw.embedded-newline",
    "cred.flaw.inner-whitespace", "cred.flaw.bearer-prefixed", "cred.flaw.assignment-prefixed", "cred.flaw.doubled",
    "cred.flaw.surplus", "cred.flaw.base64", "cred.flaw.wrong-case", "cred.shape.reference", "cred.claude-code-login-only",
    // streams, clocks, clients
    "stream.incomplete", "stream.complete", "stream.at-round-time", "clock.skewed", "clock.right", "client.claude-code", "client.sdk",
    "client.third-party", "client.claude-app", "client.curl", "client.gateway"};

}  // namespace

std::size_t FactSet::count() const {
  std::size_t total = 0;
  for (const std::uint64_t word : words_) total += static_cast<std::size_t>(std::popcount(word));
  return total;
}

FactNames::FactNames(const evidence::PhraseBook& book) {
  names_.reserve(kFactRoom);  // ids_ holds views into the strings: they must not move
  for (const std::string_view name : kDerived) add(std::string(name));
  for (const evidence::Observation& observation : evidence::observations()) add(std::string(observation.name));
  first_meaning_ = names_.size();
  for (std::size_t i = 0; i < book.size(); ++i) add("says." + std::string(book.name(i)));
}

void FactNames::add(std::string name) {
  LOCKSMITH_ASSERT(names_.size() + 1 < kFactRoom);
  names_.push_back(std::move(name));
  const bool is_new = ids_.emplace(names_.back(), static_cast<FactId>(names_.size() - 1)).second;
  LOCKSMITH_ASSERT(is_new);
}

FactId FactNames::find(std::string_view name) const {
  const auto found = ids_.find(name);
  return found == ids_.end() ? kNone : found->second;
}

}  // namespace locksmith::model::diagnosis
