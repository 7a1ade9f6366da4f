// Server-sent events: the first byte decides how the rest is torn; torn and whole must give the same.
#include "property.h"
#include "wire/sse/event_reader.h"

namespace {

using namespace locksmith;

std::string trace_of(const std::vector<std::string>& parts) {
  wire::sse::EventReader reader;
  std::string trace;
  for (const std::string& part : parts) {
    std::string_view input = part;
    wire::sse::Event event;
    for (bool more = true; more;) {
      switch (reader.read(input, event)) {
        case wire::sse::EventReader::Step::need_more:
          more = false;
          break;
        case wire::sse::EventReader::Step::event:
          trace.append("[").append(event.type).append("|").append(event.data).append("]");
          break;
        case wire::sse::EventReader::Step::too_large:
          return trace + "too large";
      }
    }
  }
  trace.append("id=").append(reader.last_id()).append(" retry=").append(std::to_string(reader.retry_ms()));
  return trace + (reader.inside_event() ? " inside" : "");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes = fuzz::text_of(data + 1, size - 1);
  fuzz::must(trace_of({std::string(bytes)}) == trace_of(fuzz::torn(bytes, data[0])),
             "torn events are read as whole ones");
  return 0;
}
