#include "wire/json/json.h"

#include <gtest/gtest.h>

namespace locksmith::wire::json {
namespace {

TEST(Reader, LooksThroughADocument) {
  Reader reader;
  const auto parsed = reader.parse(R"({"a":{"b":[1,2.5,"x",null,true]},"n":3.0,"u":"\u00e9"})");
  ASSERT_TRUE(parsed);
  const Value root = *parsed;
  EXPECT_EQ(root["a"]["b"].size(), 5u);
  EXPECT_EQ(root["n"].as_integer(), 3);
  EXPECT_EQ(root["u"].as_string(), "é");
  EXPECT_FALSE(root["a"]["missing"]["deeper"]);
  std::string seen;
  root["a"]["b"].for_each_element([&](Value v) { seen += to_words(v.kind()).substr(0, 1); });
  EXPECT_EQ(seen, "aaant");
  root.for_each_member([&](std::string_view name, Value) { seen += name; });
  EXPECT_EQ(seen, "aaantanu");
}

TEST(Reader, ShrinkingKeepsItUsable) {
  Reader reader;
  ASSERT_TRUE(reader.parse("[\"" + std::string(100'000, 'x') + "\"]"));
  reader.shrink(1000);
  const auto value = reader.parse("[1]");
  ASSERT_TRUE(value);
  EXPECT_EQ(value->kind(), Kind::array);
}

TEST(Reader, RefusesWhatIsNotJson) {
  Reader reader;
  for (const char* text : {"", "{", "[1,]", "{'a':1}", "\"\xff\"", "nul"}) {
    const auto parsed = reader.parse(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().code.name(), "json_invalid");
  }
  EXPECT_FALSE(reader.parse(std::string(5000, '[')));
  EXPECT_TRUE(reader.parse("{}")) << "a Reader can be used again after a failure";
}

TEST(Writer, WritesWhatTheReaderReads) {
  std::string out;
  Writer writer(out);
  writer.begin_object().member("a", "q\"\\\n\x01").key("list").begin_array().integer(-1).number(0.5).boolean(false);
  writer.null().end_array().member("e", std::string_view{}).key("raw").raw("[1]").end_object();
  EXPECT_EQ(out, R"({"a":"q\"\\\n\u0001","list":[-1,0.5,false,null],"e":"","raw":[1]})");
  Reader reader;
  const auto parsed = reader.parse(out);
  ASSERT_TRUE(parsed);
  EXPECT_EQ((*parsed)["a"].as_string(), "q\"\\\n\x01");
}

TEST(Writer, ReplacesInvalidUtf8) {
  std::string out;
  append_string(out, "a\xff\xc3(\xed\xa0\x80z\xf0\x9f\x94\x91");
  EXPECT_EQ(out, "\"a\xEF\xBF\xBD\xEF\xBF\xBD(\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBDz\xf0\x9f\x94\x91\"");
  Reader reader;
  EXPECT_TRUE(reader.parse(out));
}

TEST(Writer, PrettyIsForPeople) {
  std::string out;
  Writer(out, true).begin_object().member("a", 1).key("b").begin_array().end_array().end_object();
  EXPECT_EQ(out, "{\n  \"a\": 1,\n  \"b\": []\n}");
}

// Eight bytes are looked at at once, where there are so many: what they become is what each becomes alone.
TEST(Writer, EveryByteIsEscapedAlikeWhereverItStands) {
  for (int byte = 0; byte < 0x80; ++byte) {
    for (std::size_t place = 0; place < 19; ++place) {
      std::string text(19, 'a');
      text[place] = static_cast<char>(byte);
      std::string whole;
      append_string(whole, text);
      std::string single = "\"";
      for (const char c : text) {
        std::string one;
        append_string(one, std::string_view(&c, 1));
        single.append(one, 1, one.size() - 2);
      }
      ASSERT_EQ(whole, single + "\"") << byte << " at " << place;
    }
  }
}

}  // namespace
}  // namespace locksmith::wire::json
