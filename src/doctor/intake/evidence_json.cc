#include "doctor/intake/evidence_json.h"

#include <algorithm>
#include <array>

#include "model/credential/credential.h"

namespace locksmith::doctor::intake {
namespace {

using model::evidence::Credential;
using model::evidence::Evidence;
using model::evidence::Fields;
using wire::json::Kind;
using wire::json::Value;

// Reads members by type; remembers the first that has the wrong one. null counts as absent.
class Members {
 public:
  Members(Value object, std::string path, std::string& wrong) : object_(object), path_(std::move(path)), wrong_(wrong) {
    if (object_.kind() != Kind::object && object_.kind() != Kind::absent && object_.kind() != Kind::null) {
      complain(path_.empty() ? "the document" : path_, "an object", object_.kind());
    }
  }

  void read(std::string_view name, std::string& out) const {
    const Value value = take(name, Kind::string, "a string");
    if (const auto text = value.as_string()) out = model::credential::redact(*text);
  }
  void read(std::string_view name, std::optional<std::string>& out) const {
    const Value value = take(name, Kind::string, "a string");
    if (const auto text = value.as_string()) out = model::credential::redact(*text);
  }
  void read(std::string_view name, std::optional<bool>& out) const {
    const Value value = take(name, Kind::boolean, "true or false");
    if (const auto flag = value.as_boolean()) out = *flag;
  }
  void read(std::string_view name, std::optional<double>& out) const {
    const Value value = take(name, Kind::number, "a number");
    if (const auto number = value.as_number()) out = *number;
  }
  void read(std::string_view name, std::optional<std::int64_t>& out) const {
    const Value value = take(name, Kind::number, "a number");
    if (const auto number = value.as_number()) out = static_cast<std::int64_t>(*number);
  }
  void read(std::string_view name, std::optional<int>& out) const {
    const Value value = take(name, Kind::number, "a number");
    if (!value) return;
    const auto number = value.as_integer();
    if (number && *number >= 0 && *number <= 999) {
      out = static_cast<int>(*number);
    } else {
      complain(full(name), "a status from 0 to 999", Kind::number);
    }
  }
  void read(std::string_view name, std::vector<std::string>& out) const {
    const Value value = take(name, Kind::array, "an array of strings");
    value.for_each_element([&](Value element) {
      if (const auto text = element.as_string()) {
        out.push_back(model::credential::redact(*text));
      } else {
        complain(full(name), "an array of strings", element.kind());
      }
    });
  }
  // Header fields; the value of one may be a string, a number or an array of strings (a repeated field).
  void read(std::string_view name, Fields& out) const {
    const Value value = take(name, Kind::object, "an object");
    value.for_each_member([&](std::string_view field, Value content) { read_field(full(name), field, content, out); });
  }

  Members object(std::string_view name) const { return {take(name, Kind::object, "an object"), full(name), wrong_}; }
  Value value(std::string_view name) const { return object_[name]; }
  std::string full(std::string_view name) const { return path_.empty() ? std::string(name) : path_ + "." + std::string(name); }
  void complain(std::string_view where, std::string_view wanted, Kind found) const {
    if (!wrong_.empty()) return;
    wrong_ = "\"" + std::string(where) + "\" should be " + std::string(wanted) + ", not " + std::string(to_words(found));
  }
  Value take(std::string_view name, Kind wanted, std::string_view words) const {
    const Value value = object_[name];
    if (value.kind() == wanted) return value;
    if (value.kind() != Kind::absent && value.kind() != Kind::null) complain(full(name), words, value.kind());
    return {};
  }

 private:
  void read_field(const std::string& path, std::string_view field, Value content, Fields& out) const {
    if (const auto text = content.as_string()) {
      out.emplace_back(model::credential::redact(field), model::credential::redact(*text));
    } else if (const auto number = content.as_integer()) {
      out.emplace_back(model::credential::redact(field), std::to_string(*number));
    } else if (content.kind() == Kind::array) {
      content.for_each_element([&](Value element) { read_field(path, field, element, out); });
    } else if (content.kind() != Kind::null) {
      complain(path + "." + std::string(field), "a string", content.kind());
    }
  }

  Value object_;
  std::string path_;
  std::string& wrong_;
};

// Sources and states people write in their own words; the known ones are kept as they are.
void read_credential(const Members& in, Credential& c) {
  in.read("source", c.source);
  in.read("state", c.state);
  in.read("shape", c.shape);
  in.read("flaws", c.flaws);
  in.read("length", c.length);
  in.read("expires_in_s", c.expires_in_s);
  in.read("used", c.used);
  in.read("tail", c.tail);
  in.read("note", c.note);
  if (c.tail.size() > 4) c.tail.erase(0, c.tail.size() - 4);
}

void read_parts(const Members& in, Evidence& e) {
  in.read("id", e.id);
  in.read("os", e.os);
  const Members client = in.object("client");
  client.read("name", e.client.name);
  client.read("version", e.client.version);
  const Members error = in.object("error");
  error.read("status", e.error.status);
  error.read("type", e.error.type);
  error.read("code", e.error.code);
  error.read("text", e.error.text);
  error.read("transport", e.error.transport);
  error.read("body", e.error.body);
  error.read("headers", e.error.headers);
  const Members request = in.object("request");
  request.read("method", e.request.method);
  request.read("url", e.request.url);
  request.read("headers", e.request.headers);
  request.read("model", e.request.model);
  request.read("body_bytes", e.request.body_bytes);
  const Members settings = in.object("settings");
  settings.read("base_url", e.settings.base_url);
  settings.read("provider", e.settings.provider);
  settings.read("gateway", e.settings.gateway);
  settings.read("proxy", e.settings.proxy);
  settings.read("ca_bundle", e.settings.ca_bundle);
  settings.read("workspace_id", e.settings.workspace_id);
  settings.read("organization_id", e.settings.organization_id);
  if (in.value("stream").kind() == Kind::object) {
    const Members stream = in.object("stream");
    e.stream.emplace();
    stream.read("ended_after_s", e.stream->ended_after_s);
    stream.read("message_stop", e.stream->message_stop);
  } else {
    in.take("stream", Kind::object, "an object");
  }
  in.read("clock_skew_s", e.clock_skew_s);
  in.read("observations", e.observations);
}

// "id" and "os" stand in many a file; these do not.
bool is_evidence(const Value& document) {
  if (document["schema"].string_or("").starts_with("locksmith.evidence/")) return true;
  constexpr std::array<std::string_view, 8> kOwn{"client", "error", "request", "credentials", "settings", "stream", "clock_skew_s", "observations"};
  return std::ranges::any_of(kOwn, [&](std::string_view name) { return document[name].kind() != Kind::absent; });
}

}  // namespace

Result<Evidence> read_evidence(const Value& document) {
  if (document.size() != 0 && document.kind() == Kind::object && !is_evidence(document)) {
    return fail(FailureCode("evidence_not_recognized"),
                "This is JSON, but no evidence document: one holds the facts of one failure (error, request, credentials, settings, observations), "
                "and none of them is here.",
                "See docs/evidence.md for its form; for an error as it was printed: locksmith diagnose --error TEXT", Blame::user);
  }
  Evidence evidence;
  std::string wrong;
  const Members in(document, "", wrong);
  read_parts(in, evidence);
  const Value credentials = in.take("credentials", Kind::array, "an array of objects");
  std::size_t index = 0;
  credentials.for_each_element([&](Value element) {
    evidence.credentials.emplace_back();
    read_credential(Members(element, "credentials[" + std::to_string(index++) + "]", wrong), evidence.credentials.back());
  });
  if (document.kind() != Kind::object && wrong.empty()) wrong = "the document should be an object";
  if (!wrong.empty()) {
    return fail(FailureCode("evidence_invalid"), "The evidence document is not in order: " + wrong + ".",
                "See docs/evidence.md for its form.", Blame::user);
  }
  return evidence;
}

}  // namespace locksmith::doctor::intake
