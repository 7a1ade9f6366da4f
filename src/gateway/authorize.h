// Step 3: this key may use this endpoint and this model. What a body says of model and cost is read here, without
// changing a byte of it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "gateway/admit.h"
#include "gateway/refusal.h"
#include "gateway/settings.h"
#include "gateway/short_text.h"
#include "vocabulary/limits/gateway.h"
#include "wire/json/peek.h"

namespace locksmith::gateway {

// What the body asks for. Absent members stay at their defaults: the API refuses such a request itself, free of charge.
struct Asked {
  ShortText<limits::kModelName> model;
  std::int64_t max_tokens = 0;
  bool reaches_out = false;     // refers to content elsewhere (a file, a URL), so its size says nothing of its tokens
  std::int64_t prompt_bytes = 0;
  std::int64_t requests = 1;    // of a batch
};

// Does the client only ask whether anything answers? Nobody needs a key for that.
bool is_probe(const Admitted& request);

// Before the body is read. Sets the row of a path that the settings list.
Why authorize_endpoint(Admitted& request, std::string_view path, const Settings& settings);

// The model, when the body is whole. `body` must be readable wire::json::kPeekPadding bytes past its end.
class BodyReading {
 public:
  // `exactly`: find out whether a large body refers to content elsewhere; else it is taken to.
  Why read(const Admitted& request, std::string_view body, bool exactly, Asked& asked);

  // Gives back what a very large body took; now and then, between requests.
  void shrink();

 private:
  Why read_message(std::string_view body, Asked& asked);
  Why read_batch(std::string_view body, Asked& asked);

  wire::json::Peek peek_;
  wire::json::Reader reader_;    // of batches, which are rare
  std::string unzipped_;
};

Why authorize_model(const Settings& settings, const Asked& asked);

}  // namespace locksmith::gateway
