#include "gateway/bounds.h"

#include <array>

namespace locksmith::gateway {
namespace {

constexpr std::string_view kClients = "tool use overview: the client runs it, its definition is part of the prompt";
constexpr std::string_view kServers = "server tools: max_uses bounds the uses; each result goes into the model once more";

constexpr std::array kTools{
    BoundRow{"", Bound::bytes, false, kClients},
    BoundRow{"custom", Bound::bytes, false, kClients},
    BoundRow{"bash_", Bound::bytes, false, kClients},
    BoundRow{"text_editor_", Bound::bytes, false, kClients},
    BoundRow{"computer_", Bound::bytes, false, kClients},
    BoundRow{"memory_", Bound::bytes, false, kClients},
    BoundRow{"web_search_", Bound::uses, true, kServers},
    BoundRow{"web_fetch_", Bound::uses, false, kServers},
    BoundRow{"tool_search_tool_", Bound::loop, false, "server tools: ten passes, then the answer pauses (pause_turn)"},
    BoundRow{"code_execution_", Bound::none, false, "code execution: billed by the hour, and no use is bounded"},
    BoundRow{"advisor_", Bound::none, false, "advisor tool: another model, whose output is not bounded"},
    BoundRow{"mcp_toolset", Bound::none, false, "MCP connector: what a server answers is not bounded"},
};
constexpr BoundRow kUnknownTool{"a tool of an unknown type", Bound::none, false, "not known here"};

constexpr std::array kBlocks{
    BoundRow{"image", Bound::image, false, "vision: larger images are scaled down first"},
    BoundRow{"document", Bound::context, false, "PDF support: text and a picture of each page"},
};
constexpr BoundRow kUnknownBlock{"a block of an unknown type", Bound::context, false, "Messages: no prompt is larger than the context window"};

bool fits(std::string_view type, std::string_view row) {
  return type == row || (row.ends_with('_') && type.starts_with(row));
}

}  // namespace

std::span<const BoundRow> tool_bounds() { return kTools; }
std::span<const BoundRow> block_bounds() { return kBlocks; }

const BoundRow& bound_of_tool(std::string_view type) {
  for (const BoundRow& row : kTools) {
    if (fits(type, row.type)) return row;
  }
  return kUnknownTool;
}

const BoundRow& bound_of_source(std::string_view block_type) {
  for (const BoundRow& row : kBlocks) {
    if (block_type == row.type) return row;
  }
  return kUnknownBlock;
}

}  // namespace locksmith::gateway
