#include "doctor/intake/har.h"

#include <algorithm>
#include <array>
#include <map>

#include "doctor/intake/har_entries.h"
#include "doctor/intake/request_judged.h"
#include "doctor/intake/request_shown.h"
#include "model/credential/credential.h"
#include "model/evidence/claude_hosts.h"
#include "model/evidence/error_text.h"
#include "vocabulary/base64.h"
#include "vocabulary/limits/http.h"
#include "vocabulary/limits/input.h"
#include "vocabulary/text.h"
#include "wire/json/json.h"

namespace locksmith::doctor::intake {
namespace {

using model::evidence::Evidence;
using wire::json::Value;

// Value of the first header of that name in a HAR's list of {"name", "value"}.
std::string_view header(Value headers, std::string_view wanted) {
  std::string_view found;
  headers.for_each_element([&](Value field) {
    if (found.empty() && lower_case(field["name"].string_or("")) == wanted)
      found = field["value"].string_or("");
  });
  return found;
}

// The beginning of what base64 stands for; line breaks and other foreign characters are passed over.
std::string from_base64(std::string_view text, std::size_t most) {
  std::string out;
  Base64Reader reader;
  for (const char c : text) {
    if (out.size() >= most) break;
    if (reader.take(c) == Base64Reader::Took::byte) out += reader.byte();
  }
  return out;
}

// Calls that count visits and errors: blockers stop them everywhere, and nothing depends on them.
bool is_statistics(std::string_view host, std::string_view path) {
  for (const std::string_view start : {"a-api.", "a-cdn.", "statsig.", "sentry.", "metrics."}) {
    if (host.starts_with(start)) return true;
  }
  return contains(path, "/statsig") || contains(path, "/event_logging") || contains(path, "/sentry") ||
         contains(path, "/rgstr");
}

// The address with its ids taken out: what makes two entries alike.
std::string without_ids(std::string_view path) {
  std::string out;
  bool digit = false;
  for (const char c : path) {
    if (is_digit(c) && digit) continue;
    digit = is_digit(c);
    out += digit ? '0' : c;
  }
  // UUIDs: a part with digits and dashes.
  std::string parts;
  std::size_t start = 0;
  while (start <= out.size()) {
    const std::size_t end = std::min(out.find('/', start), out.size());
    const std::string part = out.substr(start, end - start);
    parts += contains(part, "0") && part.size() > 8 ? "#" : part;
    parts += '/';
    start = end + 1;
  }
  return parts;
}

class EntryReader {
 public:
  EntryReader(Value entry, bool browser)
      : entry_(entry), request_(entry["request"]), response_(entry["response"]), browser_(browser) {}

  enum class Outcome : std::uint8_t { other, fine, cancelled, statistics, failed, exposes };
  Outcome read(const std::map<std::string, bool>& refused_preflights);

  Evidence evidence;
  std::string url;  // as in the file
  bool is_preflight = false;
  bool is_claude = false;

 private:
  void read_request();
  void read_answer();
  void read_body();
  void read_stream(std::string_view text);
  bool no_answer(const std::map<std::string, bool>& refused_preflights);
  bool failed_answer();

  Value entry_, request_, response_;
  bool browser_;
  bool page_ = false;  // the document itself, not a call of it
  bool stream_failed_ = false;
  std::string host_, path_;
};

void EntryReader::read_request() {
  Evidence& e = evidence;
  e.request.method =
      model::credential::redact(request_["method"].string_or("").substr(0, limits::kMethodBytes));
  e.request.url = shown_url(url);
  ValueOrigin origin;
  request_["headers"].for_each_element([&](Value field) {
    const std::string_view name = field["name"].string_or("");
    if (name.empty() || name.starts_with(':') || e.request.headers.size() >= limits::kHeaderFields) return;
    keep_header(e, name, field["value"].string_or(""), origin);
  });
  const Value post = request_["postData"];
  if (const auto size = request_["bodySize"].as_integer(); size && *size > 0) e.request.body_bytes = *size;
  if (const auto body = post["text"].as_string(); body && !body->empty()) {
    if (!e.request.body_bytes) e.request.body_bytes = static_cast<std::int64_t>(body->size());
    if (body->front() == '{') note_body(e, *body);
  }
  // The claude.ai session is a cookie; what a web app puts into Authorization there is its own affair.
  const bool api = host_.starts_with("api.") || contains(path_, "/v1/messages");
  if (!api) e.credentials.clear();
  const auto ours = std::ranges::find_if(
      e.credentials, [](const auto& c) { return c.shape == "api-key" || c.shape == "admin-key"; });
  if (browser_) {
    if (!model::evidence::is_own_page(host_)) observe(e, "launched.browser");
    if (ours != e.credentials.end()) observe(e, "config.credential-in-client-code");
  }
  if (model::evidence::is_web_app(host_)) e.client.name = "claude.ai";
  if (!model::evidence::is_claude_host(host_)) observe(e, "config.custom-base-url");
  // Browsers leave credentials out of what they save: where one stands in it, the others' absence is known, too. What was
  // answered in order needs no judge.
  e.request.headers_known = model::evidence::find_field(e.request.headers, "x-api-key") != nullptr ||
                            model::evidence::find_field(e.request.headers, "authorization") != nullptr;
  const bool refused = response_["status"].as_integer().value_or(0) >= 400;
  if (api && refused && !is_preflight) judge_request(e);
}

void EntryReader::read_body() {
  const Value content = response_["content"];
  std::string_view text = content["text"].string_or("");
  std::string decoded;
  const std::string mime = lower_case(content["mimeType"].string_or(""));
  const bool stream = mime.starts_with("text/event-stream");
  if (content["encoding"].string_or("") == "base64") {
    decoded = from_base64(text, stream ? limits::kSseEvent : limits::kHarBody);
    text = decoded;
  }
  if (stream) read_stream(text);
  const int status = evidence.error.status.value_or(0);
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  const bool html = contains(mime, "html") || (first != std::string_view::npos && text[first] == '<');
  if (status < 400 && !(html && !page_) && !stream_failed_) return;
  if (html) {
    evidence.error.body = "html";
  } else if (first == std::string_view::npos) {
    // Chrome leaves bodies out of some recordings: only a size of nought says that there was none.
    if (content["size"].as_integer() == 0) evidence.error.body = "empty";
  } else {
    evidence.error.body = text[first] == '{' ? "json" : "text";
  }
  if (stream) return;
  evidence.error.text = model::credential::redact(text.substr(0, limits::kHarBody));
  const model::evidence::ReadError read =
      model::evidence::read_error(model::evidence::plain(evidence.error.text));
  evidence.error.type = read.type;
}

void EntryReader::read_stream(std::string_view text) {
  if (const std::size_t error = text.find("event: error"); error != std::string_view::npos) {
    stream_failed_ = true;
    evidence.error.text = model::credential::redact(text.substr(error, limits::kLogExample));
    evidence.error.type = model::evidence::read_error(model::evidence::plain(evidence.error.text)).type;
    return;
  }
  const bool began = contains(text, "message_start") || contains(text, "content_block_delta") ||
                     contains(text, "event: completion");
  const bool ended = contains(text, "message_stop") || contains(text, "\"stop_reason\":\"stop_sequence\"");
  if (!began || ended) return;
  stream_failed_ = true;
  evidence.stream.emplace();
  evidence.stream->message_stop = false;
  if (const auto milliseconds = entry_["time"].as_number(); milliseconds && *milliseconds > 0) {
    evidence.stream->ended_after_s = *milliseconds / 1000;
  }
}

void EntryReader::read_answer() {
  Evidence& e = evidence;
  const auto status = response_["status"].as_integer();
  if (status && *status >= 100 && *status <= 999) e.error.status = static_cast<int>(*status);
  constexpr std::array<std::string_view, 16> kKept{"request-id",
                                                   "x-locksmith-layer",
                                                   "x-locksmith-cause",
                                                   "retry-after",
                                                   "cf-ray",
                                                   "server",
                                                   "content-type",
                                                   "cf-mitigated",
                                                   "x-should-retry",
                                                   "via",
                                                   "x-cache",
                                                   "date",
                                                   "access-control-allow-origin",
                                                   "anthropic-organization-id",
                                                   "x-amzn-requestid",
                                                   "x-robots-tag"};
  response_["headers"].for_each_element([&](Value field) {
    const std::string name = lower_case(field["name"].string_or(""));
    const bool kept =
        std::ranges::find(kKept, name) != kKept.end() || name.starts_with("anthropic-ratelimit-");
    if (kept && e.error.headers.size() < limits::kHeaderFields) {
      e.error.headers.emplace_back(name,
                                   model::credential::redact(field["value"].string_or("").substr(0, 1000)));
    }
  });
  read_body();
}

// The request has no answer: why, as the browser says it.
bool EntryReader::no_answer(const std::map<std::string, bool>& refused_preflights) {
  Evidence& e = evidence;
  std::string_view why = response_["_error"].string_or(response_["statusText"].string_or(""));
  if (why.empty()) why = entry_["_error"].string_or("");
  e.error.transport = model::credential::redact(why.substr(0, 200));
  e.error.status.reset();
  if (contains(why, "ERR_BLOCKED_BY") || contains(why, "NS_ERROR_CONTENT_BLOCKED") ||
      contains(why, "ERR_BLOCKED_BY_CSP")) {
    observe(e, "request.blocked-in-browser");
    observe(e, "request.not-sent");
    return true;
  }
  const bool generic = why.empty() || contains(why, "ERR_FAILED");
  if (refused_preflights.contains(url) ||
      (generic && !header(request_["headers"], "origin").empty() && contains(why, "ERR_FAILED"))) {
    observe(e, "response.no-cors-header");
  }
  if (e.error.transport.empty()) e.error.transport = "network error";
  return true;
}

bool EntryReader::failed_answer() {
  Evidence& e = evidence;
  const int status = *e.error.status;
  if (is_preflight) {
    const bool allowed = !header(response_["headers"], "access-control-allow-origin").empty();
    if (status < 300 && allowed) return false;
    observe(e, "response.no-cors-header");
    return true;
  }
  if (status >= 300 && status < 400 && page_) {
    // The app leads people elsewhere where it is not offered.
    const std::string_view target = response_["redirectURL"].string_or("");
    if (!contains(target, "unavailable")) return false;
    e.error.text = shown_url(target);
    return true;
  }
  if (e.error.body == "html" && !page_ &&
      (status == 403 || status == 405 || status == 406 || status == 429 || status == 503)) {
    observe(e, "response.block-page");
  }
  return status >= 400 || stream_failed_ || (status == 200 && e.error.body == "html" && !page_);
}

EntryReader::Outcome EntryReader::read(const std::map<std::string, bool>& refused_preflights) {
  url = std::string(request_["url"].string_or(""));
  host_ = host_of(url);
  path_ = path_of(url);
  is_claude = model::evidence::is_claude_host(host_) || contains(path_, "/v1/messages");
  if (!is_claude) return Outcome::other;
  is_preflight =
      request_["method"].string_or("") == "OPTIONS" || entry_["_resourceType"].string_or("") == "preflight";
  page_ = entry_["_resourceType"].string_or("") == "document" ||
          (contains(header(request_["headers"], "accept"), "text/html") &&
           header(request_["headers"], "sec-fetch-dest") != "empty");
  read_request();
  read_answer();
  const bool answered = evidence.error.status.has_value();
  const std::string_view why = response_["_error"].string_or(entry_["_error"].string_or(""));
  // The page was left or the stop button pressed: nobody's fault.
  if (!answered && (contains(why, "ERR_ABORTED") || contains(why, "NS_BINDING_ABORTED")))
    return Outcome::cancelled;
  const bool failed = answered ? failed_answer() : no_answer(refused_preflights);
  if (failed) return is_statistics(host_, path_) ? Outcome::statistics : Outcome::failed;
  const auto& seen = evidence.observations;
  return std::ranges::find(seen, "config.credential-in-client-code") != seen.end() ? Outcome::exposes
                                                                                   : Outcome::fine;
}

std::size_t line_of(std::string_view text, std::size_t at) {
  return 1 + static_cast<std::size_t>(std::ranges::count(text.substr(0, at), '\n'));
}

class HarReader {
 public:
  explicit HarReader(std::string_view text) : text_(text), entries_(text) {}

  Result<HarReading> run();

 private:
  void take(Value entry);
  void keep(EntryReader& read, bool failed, std::optional<Timestamp> at);

  std::string_view text_;
  HarEntries entries_;
  HarReading out_;
  bool browser_ = false;
  std::size_t cancelled_ = 0, statistics_ = 0, left_out_ = 0;
  std::map<std::string, bool> refused_preflights_;  // by address
  std::map<std::string, std::size_t> by_key_;
};

void HarReader::take(Value entry) {
  EntryReader read(entry, browser_ || !header(entry["request"]["headers"], "sec-fetch-mode").empty());
  const auto outcome = read.read(refused_preflights_);
  if (!read.is_claude) return;
  ++out_.to_claude;
  using Outcome = EntryReader::Outcome;
  if (read.is_preflight && outcome == Outcome::failed && refused_preflights_.size() < limits::kHarFindings) {
    refused_preflights_[read.url] = true;
  }
  cancelled_ += outcome == Outcome::cancelled ? 1U : 0U;
  statistics_ += outcome == Outcome::statistics ? 1U : 0U;
  if (outcome == Outcome::failed || outcome == Outcome::exposes) {
    keep(read, outcome == Outcome::failed, find_timestamp(entry["startedDateTime"].string_or("")));
  }
}

void HarReader::keep(EntryReader& read, bool failed, std::optional<Timestamp> at) {
  Evidence& e = read.evidence;
  std::string key = failed ? "f|" : "k|";
  key += std::to_string(e.error.status.value_or(0)) + '|' + e.error.type + '|' + e.error.transport + '|' +
         host_of(read.url);
  if (failed) key += without_ids(path_of(read.url)) + e.request.method;
  if (e.stream) key += "|cut";
  auto [known, fresh] = by_key_.try_emplace(std::move(key), out_.findings.size());
  if (fresh) {
    if (out_.findings.size() >= limits::kHarFindings) {
      by_key_.erase(known);
      ++left_out_;
      return;
    }
    out_.findings.emplace_back();
    HarFinding& finding = out_.findings.back();
    finding.evidence = std::move(e);
    finding.failed = failed;
    finding.first_entry = out_.entries;
  }
  HarFinding& finding = out_.findings[known->second];
  ++finding.count;
  if (!at) return;
  if (!finding.first || at->at < finding.first->at) finding.first = at;
  if (!finding.last || at->at > finding.last->at) finding.last = at;
}

Result<HarReading> HarReader::run() {
  if (!entries_.found()) {
    return fail(FailureCode("har_invalid"), "This is not a HAR file: it has no list of entries.",
                "In the browser's developer tools choose Network, repeat what fails, and save all as HAR "
                "with content.",
                Blame::user);
  }
  // Who recorded it stands before the entries.
  const std::string_view head =
      text_.substr(0, std::min(text_.find("\"entries\""), std::size_t{1024 * 1024}));
  browser_ = contains(head, "\"browser\"") || contains(head, "WebInspector") || contains(head, "Firefox") ||
             contains(head, "WebKit");
  wire::json::Reader reader;
  std::string_view entry;
  const auto complain = [&](std::size_t at, const std::string& what) {
    if (out_.complaint.empty()) out_.complaint = "line " + std::to_string(line_of(text_, at)) + ": " + what;
  };
  while (entries_.next(entry)) {
    ++out_.entries;
    const auto root = reader.parse(entry);
    if (root) {
      take(*root);
    } else {
      complain(entries_.offset(),
               "entry " + std::to_string(out_.entries) + " cannot be read, so it was skipped.");
    }
  }
  if (entries_.broken_off()) {
    complain(entries_.offset(), "the file breaks off in entry " + std::to_string(out_.entries + 1) +
                                    "; what stands before it was read.");
  }
  std::ranges::stable_sort(out_.findings, [](const HarFinding& a, const HarFinding& b) {
    if (a.failed != b.failed) return a.failed;
    return a.first && b.first && a.first->at < b.first->at;
  });
  const auto remark = [&](std::size_t count, std::string_view what) {
    if (count != 0) out_.remarks.push_back(std::to_string(count) + " " + std::string(what));
  };
  remark(cancelled_, "cancelled by the page or the user: no failures, so they were left out.");
  remark(statistics_, "failed calls that only count visits: nothing depends on them, so they were left out.");
  remark(left_out_, "more failures that are like none before; only the first " +
                        std::to_string(limits::kHarFindings) + " kinds were kept.");
  return std::move(out_);
}

}  // namespace

Result<HarReading> read_har(std::string_view text) {
  return HarReader(text).run();
}

}  // namespace locksmith::doctor::intake
