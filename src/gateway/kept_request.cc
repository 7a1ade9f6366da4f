#include "gateway/kept_request.h"

#include <algorithm>
#include <utility>

#include "gateway/field_run.h"
#include "gateway/field_use.h"
#include "vocabulary/limits/gateway.h"
#include "wire/json/peek.h"

namespace locksmith::gateway {
namespace {

using wire::http1::Field;

bool passes(const wire::http1::RequestHead& head, const Admitted& request, const Field& field, bool dials) {
  switch (use_of(field.name)) {
    case FieldUse::pass:
      if (stays_here(field.name) && !(dials && is_dial(field.name))) return false;
      [[fallthrough]];
    case FieldUse::content_type:
    case FieldUse::content_encoding:
      // A field that Connection names belongs to the hop before us.
      return !request.connection_names_fields || !head.fields.lists("connection", field.name);
    case FieldUse::accept_encoding:
      return !request.endpoint->answers_are_read();
    default:
      return false;
  }
}

}  // namespace

KeptRequest::KeptRequest(Buffers& buffers, BodyPart memory, const wire::http1::RequestHead& head, const Admitted& admitted,
                         std::size_t foreseen, bool dials)
    : text_(buffers, foreseen), memory_(std::move(memory)) {
  std::string& out = *text_;
  out.append(head.method);
  method_size_ = out.size();
  out.append(head.path());
  if (const std::string_view query = head.query(); !query.empty()) out.append(1, '?').append(query);
  target_size_ = out.size() - method_size_;
  {
    FieldRun run(out);
    for (const Field& field : head.fields) {
      if (passes(head, admitted, field, dials)) run.add(field);
    }
  }
  fields_size_ = out.size() - method_size_ - target_size_;
  foreseen_ = out.size() + foreseen + wire::json::kPeekPadding;
  out.reserve(std::min<std::size_t>(foreseen_, out.size() + limits::kReservedBody));
}

bool KeptRequest::append_body(std::string_view piece) {
  if (!memory_.take(piece.size())) return false;
  const std::size_t needed = text_->size() + piece.size();
  if (needed > text_->capacity() && needed < foreseen_) text_->reserve(std::min(foreseen_, 2 * needed));
  text_->append(piece);
  return true;
}

void KeptRequest::pad() { text_->reserve(text_->size() + wire::json::kPeekPadding); }

}  // namespace locksmith::gateway
