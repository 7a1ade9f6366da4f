#include "doctor/intake/evidence_json.h"

namespace locksmith::doctor::intake {
namespace {

using model::evidence::Evidence;
using wire::json::Writer;

void text(Writer& out, std::string_view name, const std::string& value) {
  if (!value.empty()) out.member(name, std::string_view(value));
}

template <class T>
void optional(Writer& out, std::string_view name, const std::optional<T>& value) {
  if (value) out.member(name, *value);
}

void fields(Writer& out, std::string_view name, const model::evidence::Fields& fields) {
  if (fields.empty()) return;
  out.key(name).begin_object();
  for (const auto& [field, value] : fields) out.member(field, std::string_view(value));
  out.end_object();
}

void credential(Writer& out, const model::evidence::Credential& c) {
  out.begin_object();
  text(out, "source", c.source);
  text(out, "state", c.state);
  text(out, "shape", c.shape);
  if (!c.flaws.empty()) {
    out.key("flaws").begin_array();
    for (const std::string& flaw : c.flaws) out.string(flaw);
    out.end_array();
  }
  optional(out, "length", c.length);
  optional(out, "expires_in_s", c.expires_in_s);
  optional(out, "used", c.used);
  text(out, "tail", c.tail);
  text(out, "note", c.note);
  out.end_object();
}

void error(Writer& out, const model::evidence::Error& e) {
  out.key("error").begin_object();
  optional(out, "status", e.status);
  text(out, "type", e.type);
  text(out, "code", e.code);
  text(out, "text", e.text);
  text(out, "transport", e.transport);
  text(out, "body", e.body);
  fields(out, "headers", e.headers);
  out.end_object();
}

void settings(Writer& out, const model::evidence::Settings& s) {
  out.key("settings").begin_object();
  if (s.base_url) out.member("base_url", std::string_view(*s.base_url));
  text(out, "provider", s.provider);
  text(out, "gateway", s.gateway);
  text(out, "proxy", s.proxy);
  text(out, "ca_bundle", s.ca_bundle);
  text(out, "workspace_id", s.workspace_id);
  text(out, "organization_id", s.organization_id);
  out.end_object();
}

}  // namespace

void write_evidence(Writer& out, const Evidence& e) {
  out.begin_object();
  out.member("schema", "locksmith.evidence/1");
  text(out, "id", e.id);
  if (!e.client.name.empty()) {
    out.key("client").begin_object();
    text(out, "name", e.client.name);
    text(out, "version", e.client.version);
    out.end_object();
  }
  text(out, "os", e.os);
  error(out, e.error);
  if (!e.request.url.empty() || !e.request.headers.empty() || !e.request.model.empty()) {
    out.key("request").begin_object();
    text(out, "method", e.request.method);
    text(out, "url", e.request.url);
    fields(out, "headers", e.request.headers);
    text(out, "model", e.request.model);
    optional(out, "body_bytes", e.request.body_bytes);
    out.end_object();
  }
  if (!e.credentials.empty()) {
    out.key("credentials").begin_array();
    for (const auto& c : e.credentials) credential(out, c);
    out.end_array();
  }
  settings(out, e.settings);
  if (e.stream) {
    out.key("stream").begin_object();
    optional(out, "ended_after_s", e.stream->ended_after_s);
    optional(out, "message_stop", e.stream->message_stop);
    out.end_object();
  }
  optional(out, "clock_skew_s", e.clock_skew_s);
  if (!e.observations.empty()) {
    out.key("observations").begin_array();
    for (const std::string& observation : e.observations) out.string(observation);
    out.end_array();
  }
  out.end_object();
}

}  // namespace locksmith::doctor::intake
