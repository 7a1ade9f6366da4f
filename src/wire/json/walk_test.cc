#include "vocabulary/limits/gateway.h"
#include "wire/json/walk.h"

#include <gtest/gtest.h>

#include <string>

#include "wire/json/peek.h"

namespace locksmith::wire::json {
namespace {

// Writes down what it is told, as one line.
struct Notes final : WalkHandler {
  Go begin(std::string_view name, Kind kind, std::size_t offset) override {
    if (name == "past") return Go::past;
    text += std::string(name) + (kind == Kind::object ? "{" : "[") + std::to_string(offset) + " ";
    return Go::into;
  }
  void end(std::size_t offset) override { text += "end" + std::to_string(offset) + " "; }
  bool wants_text(std::string_view name) override { return name != "long"; }
  void scalar(std::string_view name, const Scalar& value) override {
    text += std::string(name) + "=";
    if (value.kind == Kind::string) text += "'" + std::string(value.text) + "' ";
    if (value.kind == Kind::number) text += (value.is_integer ? std::to_string(value.integer) : std::string("number")) + " ";
    if (value.kind == Kind::boolean) text += value.boolean ? "true " : "false ";
    if (value.kind == Kind::null) text += "null ";
  }
  std::string text;
};

std::string walked(std::string text) {
  static Walk walk;
  const std::size_t size = text.size();
  text.reserve(size + kPeekPadding);
  Notes notes;
  return walk.read(text, notes) ? notes.text : "refused after " + notes.text;
}

TEST(Walk, TellsEveryMemberInOrderAndNamesUnescaped) {
  EXPECT_EQ(walked(R"({"a":1,"\u0062":"x\ny","c":[true,null,{"d":2.0}],"a":1.5})"), "a=1 b='x\ny' c[27 =true =null {38 d=2 end47 end48 a=number ");
}

TEST(Walk, PassesOverWhatIsNotWanted) {
  EXPECT_EQ(walked(R"({"past":{"a":{"b":[1,2]}},"long":"\ud800","z":0})"), "long='' z=0 ");
  EXPECT_EQ(walked(R"({"x":[{"past":[1]}],"z":0})"), "x[5 {6 end18 end19 z=0 ");
}

TEST(Walk, RefusesWhatIsNoObjectOrBroken) {
  for (const char* const text : {"", "[]", "1", "{", "{\"a\":}", "{\"a\":1}x", "{\"a\":nope}", "{\"a\":1,}", "{a:1}", "{\"a\":[1}", "{\"a\":\"\xff\"}"}) {
    EXPECT_TRUE(walked(text).starts_with("refused")) << text;
  }
}

TEST(Walk, GoesNoDeeperThanItsLimit) {
  const auto nested = [](std::size_t depth) {
    std::string text = "{\"a\":";
    for (std::size_t i = 1; i < depth; ++i) text += "[";
    for (std::size_t i = 1; i < depth; ++i) text += "]";
    return text + "}";
  };
  EXPECT_FALSE(walked(nested(limits::kWalkDepth)).starts_with("refused"));
  EXPECT_TRUE(walked(nested(limits::kWalkDepth + 1)).starts_with("refused"));
}

}  // namespace
}  // namespace locksmith::wire::json
