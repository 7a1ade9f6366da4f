#include "gateway/admit.h"

#include <array>

#include "gateway/field_use.h"
#include "gateway/shown_key.h"
#include "model/tenant/virtual_key.h"
#include "vocabulary/text.h"

namespace locksmith::gateway {
namespace {

using wire::http1::Field;
using wire::http1::Refusal;
using wire::http1::RequestHead;
using wire::http1::same_name;

constexpr std::array<std::string_view, 6> kMethods{"POST", "GET", "HEAD", "PUT", "PATCH", "DELETE"};

bool is_forwarded(std::string_view method) {
  for (const std::string_view known : kMethods) {
    if (method == known) return true;
  }
  return false;
}

// A field that stands twice with two values could be read in two ways.
bool is_new(std::string_view value, std::string_view& kept, Admitted& out) {
  if (value.empty() || value == kept) return false;
  if (!kept.empty()) out.credentials_differ = true;
  kept = value;
  return true;
}

// By its kind and not by its field: clients put ours beside a subscription's token, in either order.
void note_credential(std::string_view text, Admitted& out) {
  if (!text.starts_with(model::tenant::kKeyPrefix)) {
    out.foreign = text;
  } else if (out.own_key.empty() || out.own_key == text) {
    out.own_key = text;
  } else {
    out.credentials_differ = true;
  }
}

// Bearer is case-insensitive (RFC 9110 section 11.1).
void note_authorization(std::string_view value, Admitted& out) {
  constexpr std::string_view kScheme = "bearer";
  std::string_view token;
  if (value.size() > kScheme.size() && same_name(value.substr(0, kScheme.size()), kScheme) && value[kScheme.size()] == ' ') {
    token = trimmed(value.substr(kScheme.size()));
  }
  if (token.empty() || token.find(' ') != std::string_view::npos) {
    out.no_bearer = true;
  } else {
    note_credential(token, out);
  }
}

// Refused rather than left out, so that whoever set the client up learns that the key was shown on the way.
bool shows_key(const Field& field) {
  if (field.name.size() >= model::tenant::kKeyLength && holds_key(field.name)) return true;
  if (field.value.size() < model::tenant::kKeyLength) return false;
  const FieldUse use = use_of(field.name);
  return use != FieldUse::api_key && use != FieldUse::authorization && holds_key(field.value);
}

// Every element of a Connection field names a field that this hop may remove.
bool note_connection(std::string_view list, Admitted& out) {
  bool good = true;
  wire::http1::for_each_element(list, [&](std::string_view element) {
    if (same_name(element, "close")) {
      out.keep_alive = false;
      out.asked_to_close = true;
    } else if (same_name(element, "keep-alive")) {
      if (out.http10 && !out.asked_to_close) out.keep_alive = true;
    } else {
      out.connection_names_fields = true;
      if (is_protected(element)) good = false;
    }
  });
  return good;
}

void note_coding(std::string_view value, Admitted& out) {
  const bool gzip = same_name(value, "gzip") || same_name(value, "x-gzip");
  // Two fields are two codings, one over the other.
  if (out.gzip || (!gzip && !value.empty() && !same_name(value, "identity"))) out.unknown_coding = true;
  out.gzip |= gzip;
}

bool note_field(const Field& field, Admitted& out) {
  switch (use_of(field.name)) {
    case FieldUse::api_key:
      if (is_new(field.value, out.api_key, out)) note_credential(field.value, out);
      return true;
    case FieldUse::authorization:
      if (is_new(field.value, out.authorization, out)) note_authorization(field.value, out);
      return true;
    case FieldUse::connection:
      return note_connection(field.value, out);
    case FieldUse::expect:
      out.expects_continue = true;
      return true;
    case FieldUse::content_encoding:
      note_coding(field.value, out);
      return true;
    case FieldUse::pass:
      if (field.name.size() == 24 && same_name(field.name, "x-claude-code-session-id")) out.session = field.value;
      return true;
    default:
      return true;
  }
}

}  // namespace

Admission admit(const RequestHead& head, const wire::http1::Framing& framing, Admitted& out) {
  out = {};
  out.framing = framing;
  // First, because a refusal must be framed for what was asked: with a body after HEAD, the next answer would be misread.
  out.head_method = head.method == "HEAD";
  if (out.framing.refusal != Refusal::none) return {Why::head_refused, out.framing.refusal};
  out.http10 = head.version.minor == 0;
  out.keep_alive = !out.http10;
  for (const Field& field : head.fields) {
    if (!note_field(field, out)) return {Why::credential_in_connection, {}};
    if (shows_key(field)) return {Why::key_elsewhere, {}};
  }
  if (holds_key(head.target)) return {Why::key_elsewhere, {}};
  if (!is_forwarded(head.method)) return {Why::method_unsupported, {}};
  out.repeatable = out.head_method || head.method == "GET";
  if (out.unknown_coding) return {Why::body_coding_unknown, {}};
  const std::string_view path = head.path();
  if (!is_canonical(path)) return {Why::path_ambiguous, {}};
  out.endpoint = &endpoint_of(path);
  out.method_fits = allows(*out.endpoint, head.method);
  if (out.framing.kind == wire::http1::Framing::Kind::length && out.framing.length > out.endpoint->body.value) {
    return {Why::body_too_large, {}};
  }
  return {};
}

}  // namespace locksmith::gateway
