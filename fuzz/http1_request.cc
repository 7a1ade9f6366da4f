// HTTP/1.1 requests: the first byte decides how the rest is torn; torn and whole must give the same.
#include "property.h"
#include "vocabulary/limits/http.h"
#include "wire/http1/reader.h"

namespace {

using namespace locksmith;
using wire::http1::Step;

std::string trace_of(const std::vector<std::string>& parts) {
  wire::http1::RequestReader reader(limits::kRequestBody);
  std::string trace;
  for (const std::string& part : parts) {
    std::string_view input = part;
    std::string_view piece;
    for (bool more = true; more;) {
      switch (reader.read(input, piece)) {
        case Step::need_more:
          more = false;
          break;
        case Step::head:
          trace.append("\nH ").append(reader.head().method).append(" ").append(reader.head().target);
          for (const auto& field : reader.head().fields)
            trace.append("|").append(field.name).append("=").append(field.value);
          trace.append("\n");
          break;
        case Step::data:
          trace.append(piece);
          break;
        case Step::end:
          trace.append("\nE ").append(reader.trailers());
          break;
        case Step::refused:
          return trace + "\nR" + std::to_string(static_cast<int>(reader.refusal()));
      }
    }
  }
  return trace;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes = fuzz::text_of(data + 1, size - 1);
  fuzz::must(trace_of({std::string(bytes)}) == trace_of(fuzz::torn(bytes, data[0])),
             "torn requests are read as whole ones");
  return 0;
}
