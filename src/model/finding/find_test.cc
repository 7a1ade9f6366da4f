#include "model/finding/find.h"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <vector>

#include "model/finding/anchors.h"
#include "model/finding/keys_for_tests.h"

namespace locksmith::model::finding {
namespace {

std::multiset<std::string> keys_in(std::string_view bytes, bool placeholders = false) {
  std::multiset<std::string> keys;
  Finder finder;
  finder.placeholders = placeholders;
  finder.found = [&](Found found) { keys.insert(found.grade == Grade::placeholder ? "placeholder" : std::string(found.key.reveal())); };
  EXPECT_TRUE(find(bytes, finder));
  return keys;
}

std::string map_chars(std::string_view text, const std::function<std::string(char)>& each) {
  std::string out;
  for (const char c : text) out += each(c);
  return out;
}
std::string printed(const char* format, char c) {
  std::array<char, 16> buffer{};
  std::snprintf(buffer.data(), buffer.size(), format, static_cast<unsigned>(static_cast<unsigned char>(c)));
  return buffer.data();
}
std::string each_as(std::string_view text, const char* format) {
  return map_chars(text, [&](char c) { return printed(format, c); });
}
std::string without_last(std::string text, std::size_t count) {
  text.resize(text.size() - count);
  return text;
}
std::string hyphens_as(std::string_view text, std::string_view with) {
  return map_chars(text, [&](char c) { return c == '-' ? std::string(with) : std::string(1, c); });
}
std::string utf16(std::string_view text, bool big_endian) {
  return map_chars(text, [&](char c) { return big_endian ? std::string{'\0', c} : std::string{c, '\0'}; });
}
std::string wrapped(std::string_view text, std::size_t width, std::string_view with) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); i += width) out += std::string(i == 0 ? "" : with) + std::string(text.substr(i, width));
  return out;
}
std::string hex_dump(std::string_view text, std::size_t group) {
  std::string out;
  for (std::size_t line = 0; line < text.size(); line += 16) {
    std::array<char, 16> address{};
    std::snprintf(address.data(), address.size(), group == 2 ? "%08zx:" : "%08zx ", line);
    out += address.data();
    for (std::size_t i = 0; i < 16; ++i) {
      if (i % group == 0) out += " ";
      out += line + i < text.size() ? printed("%02x", text[line + i]) : "  ";
    }
    out += "  |" + map_chars(text.substr(line, 16), [](char c) { return std::string(1, c >= ' ' && c < '\x7f' ? c : '.'); }) + "|\n";
  }
  return out;
}
std::string instructions(std::string_view text, std::size_t last) {
  std::string out;
  std::size_t i = 0;
  for (; i + 8 <= text.size() - last; i += 8) out += "\x48\xb8" + std::string(text.substr(i, 8)) + "\x48\x89\x45" + static_cast<char>(i);
  if (last == 4) out += std::string("\xc7\x45\x10") + std::string(text.substr(i));
  return out;
}

// Every carrier, made from a key. What no compiler writes is here; what they write, tests/scan builds with them.
std::map<std::string, std::string> carriers(const std::string& key, KeysForTests& chance) {
  const std::string noise = chance.bytes(40);
  std::map<std::string, std::string> made;
  for (const std::string_view around : {"\"", "'", " ", "`", "(", "[", "{", "<", ":", ";", ",", "|", "/", "@", "&", "=", "%", "#", "~", "\\", ".", "x", "9", "_", "-", "\t", "\n"}) {
    made["behind and before " + std::string(around)] = std::string(around) + key + std::string(around);
  }
  made["json"] = "{\"k\":\"" + key + "\"}";
  made["json in json"] = "{\\\"k\\\":\\\"" + key + "\\\"}";
  made["length before it"] = "\x01" + std::string(1, '\0') + "l" + key + "\x02";
  made["between other strings"] = "com/v1/message" + key + "anthropic-version";
  made["colours"] = "\x1b[32m" + key + "\x1b[0m";
  made["colours within"] = key.substr(0, 30) + "\x1b[1;31m" + key.substr(30);
  for (std::size_t before = 0; before < 3; ++before) {
    const std::string inner = std::string(before, 'k') + key + std::string(before, '\n');
    const std::string once = to_base64(inner);
    made["base64 " + std::to_string(before)] = "data: " + once + "\n";
    made["base64url " + std::to_string(before)] = "data=" + KeysForTests::base64url(inner) + "&x";
    made["base64 in 76 columns " + std::to_string(before)] = wrapped(once, 76, "\n");
    made["base64 in YAML " + std::to_string(before)] = "key: >\n    " + wrapped(once, 40, "\n    ");
    made["base64 in literals " + std::to_string(before)] = "\"" + wrapped(once, 50, "\" +\n  \"") + "\"";
    made["base64 in JSON lines " + std::to_string(before)] = wrapped(once, 64, "\\n");
    made["base64 of base64 " + std::to_string(before)] = to_base64("x: " + once);
    made["base64 of utf-16 " + std::to_string(before)] = to_base64(utf16(inner, false));
    made["base64 of binary " + std::to_string(before)] = to_base64(noise + inner + noise);
    made["base64 as URLs have it " + std::to_string(before)] = map_chars(once, [](char c) { return c == '+' ? "%2B" : c == '/' ? "%2F" : c == '=' ? "%3D" : std::string(1, c); });
    made["base64 of hex " + std::to_string(before)] = to_base64(each_as(inner, "%02x"));
  }
  made["utf-16 le"] = utf16("key=" + key + "\r\n", false);
  made["utf-16 be"] = utf16("key=" + key + "\r\n", true);
  made["hex"] = each_as(key, "%02x");
  made["HEX"] = each_as(key, "%02X");
  made["hex in 60 columns"] = wrapped(each_as(key, "%02x"), 60, "\n");
  made["hex with blanks"] = each_as(key, "%02x ");
  made["hex with colons"] = without_last(each_as(key, "%02X:"), 1);
  made["hex of C"] = "{" + without_last(each_as(key, "0x%02x, "), 2) + "};";
  made["hex dump"] = hex_dump("ANTHROPIC_API_KEY=" + key + "\n", 1);
  made["hex dump of pairs"] = hex_dump("KEY=" + key + "\n", 2);
  made["hex dump of pairs, odd"] = hex_dump("KEY==" + key + "\n", 2);
  made["escapes x"] = each_as(key, "\\x%02x");
  made["escapes u"] = each_as(key, "\\u%04x");
  made["escapes octal"] = each_as(key, "\\%03o");
  made["percent"] = each_as(key, "%%%02X");
  made["entities"] = each_as(key, "&#%u;");
  made["entities x"] = each_as(key, "&#x%x;");
  for (const std::string_view hyphen : {"\\u002d", "\\u002D", "\\x2d", "\\055", "\\u{2d}", "%2D", "%2d", "%252D", "&#45;", "&#x2d;", "&#x2D;", "=2D", "\\\\u002d", "&hyphen;", "&amp;#45;"}) {
    made["hyphens as " + std::string(hyphen)] = hyphens_as(key, hyphen);
  }
  made["quoted-printable"] = wrapped("KEY=" + key, 75, "=\r\n");
  made["decimals"] = "[" + without_last(each_as(key, "%u,"), 1) + "]";
  made["decimals in lines"] = "[\n  " + without_last(each_as(key, "%u,\n  "), 4) + "\n]";
  made["characters"] = "{" + without_last(each_as(key, "'%c', "), 2) + "}";
  made["characters of JSON"] = "[" + without_last(each_as(key, "\"%c\","), 1) + "]";
  for (const std::string_view between : {"\" + \"", "\" +\n      \"", "\"\n  \"", "' . '", "' ..\n'", "\" & _\n  \"", "\", \"", "\\\n", "\n", "\r\n    ", "\n# ", "\n// ", "\n * ", "\n> ", "\" << \"", "\").append(\"", "\", f\"",
                                         "\" u8\"", "\",\n  \"", "' || '", "\\n", "` + `", "\"+\"", "=\n"}) {
    made["joined by " + std::string(between)] = "\"" + wrapped(key, 40, between) + "\"";
    made["prefix joined by " + std::string(between)] = "(\"sk-" + std::string(between) + key.substr(3, 20) + std::string(between) + key.substr(23) + "\")";
  }
  made["reversed"] = std::string(key.rbegin(), key.rend());
  made["pieces of 16"] = key.substr(0, 96) + key.substr(key.size() - 16);
  made["operands, the last in a store"] = instructions(key, key.size() % 8);
  return made;
}

TEST(Find, EveryCarrierOfEveryKind) {
  for (const std::string_view type : {"api03", "admin01", "api01", "oat01", "ort01", "sid01", "sid02"}) {
    KeysForTests chance(type.size() + static_cast<std::size_t>(type[0]));
    const std::string key = chance.claude(type);
    for (const auto& [name, text] : carriers(key, chance)) {
      if (type == "admin01" && (name.starts_with("operands") || name.starts_with("pieces"))) continue;  // 110 characters: other pieces
      SCOPED_TRACE(std::string(type) + " " + name);
      EXPECT_TRUE(keys_in(text).contains(key)) << text.substr(0, 300);
      EXPECT_TRUE(keys_in(chance.bytes(50) + "\n" + text + "\n" + chance.bytes(77)).contains(key));
    }
  }
}

TEST(Find, AVirtualKeyByItsChecksum) {
  KeysForTests chance(7);
  for (int i = 0; i < 50; ++i) {
    const std::string key = chance.virtual_key();
    for (const std::string& text : {key, "x" + key + "y", to_base64(key), to_base64("k" + key), to_base64("kk" + key), to_base64(to_base64("k=" + key)), each_as(key, "%02x"), utf16(key, false), "\"" + wrapped(key, 20, "\" + \"") + "\""}) {
      EXPECT_EQ(keys_in(text), std::multiset<std::string>{key}) << text;
    }
    std::string damaged = key;
    damaged[20] = damaged[20] == 'a' ? 'b' : 'a';
    EXPECT_TRUE(keys_in(damaged).empty());
  }
}

TEST(Find, NothingInWhatOnlyLooksLikeAKey) {
  KeysForTests chance(11);
  const std::string key = chance.claude();
  std::vector<std::string> texts{
      "sk-ant-", "sk-ant-api03-...", "sk-ant-api03-R2D...igAA", "sk-ant-api03-YOUR_KEY_HERE", "sk-ant-api03-" + std::string(95, 'x'),
      "sk-ant-api03-" + std::string(93, 'X') + "AA", "sk-ant-api03-" + std::string(93, '0') + "AA", "sk-ant-oat01-" + std::string(95, '*'),
      "sk-ant-api03-" "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789" "abcdefghijklmnopqrstuvwxyz01234AA",
      "sk-ant-oat01-this-is-not-a-real-token-but-a-sentence-that-goes-on-and-on-and-on", "lks_" + std::string(49, 'a'), "talks_and_walks_",
      "sk-ant-api03-" "EXAMPLEexample0EXAMPLEexample1EXAMPLEexample2EXAMPLEexample3EXAMPLEexample4EXAMPLEexamAA"};
  for (const std::size_t length : {20U, 40U, 60U, 80U, 100U, 107U}) texts.push_back(key.substr(0, length));
  texts.push_back(key.substr(0, 107) + "B");                     // no key ends so
  texts.push_back(key.substr(0, 60) + "…" + key.substr(60, 10));  // cut in the middle
  for (std::size_t period = 1; period <= 30; ++period) {
    std::string body;
    while (body.size() < 93) body += key.substr(20, period);
    texts.push_back("sk-ant-api03-" + body.substr(0, 93) + "AA");
  }
  for (const std::string& text : texts) {
    EXPECT_TRUE(keys_in(text).empty()) << text;
    EXPECT_TRUE(keys_in("KEY='" + text + "'\n").empty()) << text;
    EXPECT_TRUE(keys_in(to_base64("KEY=" + text + "\n")).empty()) << text;
  }
}

TEST(Find, PlaceholdersWhereTheyAreAskedFor) {
  EXPECT_EQ(keys_in("export ANTHROPIC_API_KEY=sk-ant-api03-YOUR_KEY", true), std::multiset<std::string>{"placeholder"});
  EXPECT_EQ(keys_in("export ANTHROPIC_API_KEY=sk-ant-...", true), std::multiset<std::string>{"placeholder"});
}

TEST(Find, EveryKeyDrawnIsFoundAndNothingElse) {
  KeysForTests chance(3);
  for (int i = 0; i < 20000; ++i) {
    const std::string key = chance.claude(i % 2 == 0 ? "api03" : "admin01");
    ASSERT_EQ(keys_in(key), std::multiset<std::string>{key});
  }
}

TEST(Find, ATokenOfOtherLengthsIsFoundByItsPrefix) {
  KeysForTests chance(5);
  for (std::size_t bytes = 30; bytes <= 147; ++bytes) {
    const std::string token = "sk-ant-oat01-" + KeysForTests::base64url(chance.bytes(bytes));
    EXPECT_EQ(keys_in("token: " + token + "\n"), std::multiset<std::string>{token}) << bytes;
  }
  const std::string jwt = "sk-ant-cc-eyJhbGciOiJFUzI1NiJ9." + KeysForTests::base64url(chance.bytes(90)) + "." + KeysForTests::base64url(chance.bytes(64));
  EXPECT_EQ(keys_in("cookie=" + jwt + ";"), std::multiset<std::string>{jwt});
}

TEST(Find, GzipInBase64ByTheInflaterItIsGiven) {
  const std::string packed("\x1f\x8b\x08\0\0\0\0\0\0\3packed", 16);
  KeysForTests chance(13);
  const std::string key = chance.claude();
  std::vector<std::string> keys;
  Finder finder;
  finder.inflate = [&](std::string_view bytes, std::size_t most) {
    EXPECT_TRUE(bytes.starts_with(packed));
    EXPECT_GT(most, 0U);
    return "{\"k\": \"" + key + "\"}";
  };
  finder.found = [&](Found found) {
    keys.emplace_back(found.key.reveal());
    EXPECT_TRUE(found.carrier.ends_with("base64 gzip")) << found.carrier;
  };
  for (const std::string& text : {to_base64(packed), to_base64(to_base64(packed))}) {
    keys.clear();
    EXPECT_TRUE(find(text, finder));
    EXPECT_EQ(keys, std::vector<std::string>{key});
  }
}

TEST(Find, OnlyWhatBeginsBetweenTheEnds) {
  KeysForTests chance(17);
  const std::string key = chance.claude();
  const std::string text = key + " " + key;
  int count = 0;
  Finder finder;
  finder.found = [&](const Found& found) {
    EXPECT_EQ(found.at, 0U);
    ++count;
  };
  EXPECT_TRUE(find(text, 0, 50, finder));
  EXPECT_EQ(count, 1);
  finder.found = [&](const Found& found) { EXPECT_EQ(found.at, key.size() + 1); };
  EXPECT_TRUE(find(text, 1, text.size(), finder));
}

// What is undone has a bound, and beyond it the answer is "not all was looked at".
TEST(Find, NotationsWithinNotationsEndSomewhere) {
  KeysForTests chance(19);
  std::string text = chance.claude();
  for (int i = 0; i < 12; ++i) text = to_base64("x " + text);
  Finder finder;
  finder.found = [](const Found&) { FAIL(); };
  find(text, finder);
  // One anchor after the other, each of which undoes what follows.
  std::string many;
  while (many.size() < 300'000) many += "NrLWFudC\n";
  finder.found = [](const Found&) {};
  EXPECT_FALSE(find(many, finder));
}

TEST(Anchors, ThePortableFormFindsTheSame) {
  KeysForTests chance(23);
  for (int round = 0; round < 300; ++round) {
    std::string text = chance.bytes(chance.draw() % 300);
    for (const char* piece : {"sk-ant-", "lks_", "api0", "c2stYW50L", "H4sI", "\\u0073", "'s',", "115,", "sk%2"}) {
      if (chance.draw() % 3 == 0) text.insert(chance.draw() % (text.size() + 1), piece);
    }
    std::size_t from = 0;
    while (true) {
      const auto a = next_anchor(text, from);
      const auto b = next_anchor_portable(text, from);
      ASSERT_EQ(a.has_value(), b.has_value());
      if (!a) break;
      ASSERT_EQ(a->at, b->at);
      ASSERT_EQ(a->next, b->next);
      from = a->next;
    }
  }
}

TEST(Grammar, TheHintIsTheConsolesForm) {
  EXPECT_EQ(hint("sk-ant-api03-" "R2Dabcdefghijklmnopqrstuvw" "igAA"), "sk-ant-api03-R2D...igAA");
  EXPECT_EQ(hint("lks_short"), "lks_...");
}

}  // namespace
}  // namespace locksmith::model::finding
