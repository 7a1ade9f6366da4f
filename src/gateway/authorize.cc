#include "gateway/authorize.h"

#include <algorithm>
#include <array>

#include "vocabulary/limits/gateway.h"
#include "wire/gzip/gzip.h"

namespace locksmith::gateway {
namespace {

using wire::json::Kind;
using wire::json::Member;

enum Wanted : std::size_t { kModel, kMaxTokens, kMaxTokensToSample, kWantedCount };

std::array<Member, kWantedCount> wanted() {
  const auto named = [](std::string_view name) { return Member{.name = name, .text = {}, .raw = {}}; };
  return {named("model"), named("max_tokens"), named("max_tokens_to_sample")};
}

// A reference makes the prompt larger than its bytes: {"type":"url"…}, {"type":"file","file_id":…}, a container's files.
bool refers_elsewhere(std::string_view body) {
  return body.find("\"file_id\"") != std::string_view::npos || body.find("\"url\"") != std::string_view::npos;
}

// Why a path leads nowhere: the two mistakes of base URLs that are seen most have names of their own.
Why why_unknown(std::string_view path) {
  if (path.starts_with("/v1/v1/")) return Why::endpoint_doubled_v1;
  if (path.starts_with("/v1/chat/") || path == "/v1/completions" || path == "/v1/responses" || path == "/v1/embeddings") {
    return Why::endpoint_openai_style;
  }
  return Why::endpoint_unknown;
}

}  // namespace

bool is_probe(const Admitted& request) { return request.endpoint->endpoint == Endpoint::probe && request.method_fits; }

Why authorize_endpoint(Admitted& request, std::string_view path, const Settings& settings) {
  switch (request.endpoint->endpoint) {
    case Endpoint::admin:
      return Why::admin_path;
    case Endpoint::unknown:
      for (const std::string& listed : settings.endpoints) {
        if (!path.starts_with(listed) || (path.size() > listed.size() && path[listed.size()] != '/')) continue;
        request.endpoint = &listed_endpoint();
        return Why::none;
      }
      return why_unknown(path);
    default:
      return request.method_fits ? Why::none : Why::endpoint_method;
  }
}

Why BodyReading::read(const Admitted& request, std::string_view body, bool exactly, Asked& asked) {
  asked = {};
  if (request.gzip) {
    auto plain = wire::gzip::decompress(body, request.endpoint->body);
    if (!plain) return plain.error().code.name() == "gzip_too_large" ? Why::body_too_large : Why::body_not_json;
    unzipped_ = std::move(*plain);
    unzipped_.reserve(unzipped_.size() + wire::json::kPeekPadding);
    body = unzipped_;
  }
  asked.prompt_bytes = static_cast<std::int64_t>(body.size());
  const Why why = request.endpoint->endpoint == Endpoint::batches && !body.empty() ? read_batch(body, asked)
                                                                                   : read_message(body, asked);
  if (why == Why::body_not_json && request.endpoint->reads == Reads::json_if_it_is) {
    asked = {};
    return Why::none;
  }
  // The search costs as much as the rest of the reading, and decides only where there is a limit to hold.
  asked.reaches_out = (!exactly && body.size() > limits::kKeptRequest) || refers_elsewhere(body);
  if (unzipped_.capacity() > limits::kKeptRequest) unzipped_ = {};
  return why;
}

Why BodyReading::read_message(std::string_view body, Asked& asked) {
  if (body.empty()) return Why::none;
  auto members = wanted();
  if (!peek_.read(body, members)) return Why::body_not_json;
  for (const Member& member : members) {
    if (member.repeated) return Why::member_repeated;
  }
  asked.model.assign(members[kModel].text);
  const Member& most = members[kMaxTokens].kind != Kind::absent ? members[kMaxTokens] : members[kMaxTokensToSample];
  asked.max_tokens = most.is_integer ? std::clamp<std::int64_t>(most.integer, 0, limits::kMostTokens) : 0;
  return Why::none;
}

// Each request of a batch has parameters of its own; the dearest model stands for all in the log.
Why BodyReading::read_batch(std::string_view body, Asked& asked) {
  const auto document = reader_.parse(body);
  if (!document || document->kind() != Kind::object) return Why::body_not_json;
  bool repeated = false;
  std::int64_t requests = 0;
  (*document)["requests"].for_each_element([&](const wire::json::Value& request) {
    ++requests;
    const wire::json::Value parameters = request["params"];
    int models = 0;
    parameters.for_each_member([&](std::string_view name, const wire::json::Value&) { models += name == "model" ? 1 : 0; });
    repeated |= models > 1;
    const std::string_view model = parameters["model"].string_or({}).substr(0, limits::kModelName);
    if (asked.model.empty()) asked.model.assign(model);
    // Several models in one batch: none of them may be taken for the others, and the price is the highest there is.
    if (asked.model.view() != model) asked.model.assign("several models");
    asked.max_tokens += std::clamp<std::int64_t>(parameters["max_tokens"].as_integer().value_or(0), 0, limits::kMostTokens);
  });
  asked.requests = requests;
  return repeated ? Why::member_repeated : Why::none;
}

void BodyReading::shrink() {
  peek_.shrink(limits::kKeptParser);
  reader_.shrink(limits::kKeptParser);
}

Why authorize_model(const Settings& settings, const Asked& asked) {
  if (settings.models.empty() || asked.model.empty()) return Why::none;
  for (const std::string& allowed : settings.models) {
    if (asked.model.view().starts_with(allowed)) return Why::none;
  }
  return Why::model_not_allowed;
}

}  // namespace locksmith::gateway
