// json_validation_test.cpp — which documents are JSON: every byte counts, also of fields that nobody reads.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <random>

#include "tests/unit/formats/decoded_records.h"

namespace weir {
namespace {

namespace fs = std::filesystem;

const std::vector<DecodedColumn> one_column{column("a", "json")};

std::string fate(const std::string& document) {
  const std::string line = decode(*json_with({}), one_column, {document}).lines[0];
  return line.starts_with("reject ") ? line.substr(7) : "accepted";
}

// Test data that is not part of the repository: beside it, or where WEIR_SHARED says.
fs::path shared_data() {
  const char* given = std::getenv("WEIR_SHARED");
  return (given != nullptr ? fs::path(given) : fs::path(WEIR_SOURCE_DIR) / ".." / "shared") / "data";
}

std::string contents_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST(JsonValidation, SeesGarbageInFieldsThatNobodyReads) {
  for (const char* document : {R"({"a":1,"b":tru, ]]] })",
                               R"({"a":2,})",
                               R"({"a":1,"b":01})",
                               R"({"a":1,"b":"\x"})",
                               R"({"a":1,"b":nul})",
                               R"({"a":1,"b":1.})",
                               R"({"a":1,"b":-})",
                               R"({"a":1,"b":.5})",
                               R"({"a":1,"b":1e})",
                               R"({"a":1,"b":+1})",
                               R"({"a":1,"b":"x" "y"})",
                               R"({"a":1 "b":2})",
                               R"({"a":1,"b"})",
                               R"({"a":1,"b":})",
                               R"({"a":1,1:2})",
                               R"({"a":1,"b":[1 2]})",
                               R"({"a":1,"b":[1,]})",
                               R"({"a":1,"b":NaN})",
                               R"({"a":1,"b":'x'})",
                               R"({"a":1,"b":"\u12"})",
                               R"({"a":1,"b":"\u12G4"})",
                               R"({"a":1,"b":truex})",
                               R"({"a":1,"b":"x"y})",
                               "{\"a\":1,\"b\":\"x\ty\"}",
                               "{\"a\":1,\f\"b\":1}",
                               "{\"a\":1,\v\"b\":1}",
                               R"({"a":1,"b":[}])",
                               R"({"a":1,"b":{]}})",
                               R"({"a":1)",
                               R"({"a":"1)",
                               R"({"a":1}})",
                               R"({"a":1} x)",
                               R"({"a":1}{"a":1})",
                               R"({"a":1},)",
                               " ",
                               "{",
                               "\"",
                               "\xEF\xBB\xBF{}",
                               "{\"a\":1\x01}"}) {
    EXPECT_EQ(fate(document), "not_json") << document;
  }
}

TEST(JsonValidation, AcceptsBlanksWhereJsonAllowsThem) {
  EXPECT_EQ(fate(" \r\n\t{ \"a\" : [ 1 , 2 ] , \"b\" : { } , \"c\" : [ ] } \n"), "accepted");
  EXPECT_EQ(fate(R"({"a":-0.5e+10,"b":123456789012345678901234567890,"c":1E400})"), "accepted");
}

TEST(JsonValidation, WantsAnObject) {
  for (const char* document : {"[]", "1", "\"x\"", "null", " true ", "[{\"a\":1}]"})
    EXPECT_EQ(fate(document), "not_object") << document;
  for (const char* document : {"[", "[1", "nul", "1 2", "\"x", "[]]"})
    EXPECT_EQ(fate(document), "not_json") << document;
}

TEST(JsonValidation, RefusesNulCharactersAnywhere) {
  for (const std::string& document :
       {std::string(R"({"a":1,"b":"x\u0000y"})"), std::string(R"({"a":1,"b\u0000":1})"),
        std::string(R"({"a":1,"b":["\u0000"]})"), std::string("{\"a\":1,\"b\":\"x\0y\"}", 17),
        std::string("{\"a\":1}\0", 8), std::string("\0", 1), std::string("{\"a\":\0 1}", 9)}) {
    EXPECT_EQ(fate(document), "nul_character") << document;
  }
  EXPECT_EQ(fate(R"({"a":1,"b":"x\\u0000y"})"), "accepted");
}

TEST(JsonValidation, SaysWhereTheFirstByteStandsThatIsNotUtf8) {
  const auto message = [](const std::string& document) {
    return decode(*json_with({}), one_column, {document}).messages.at(0);
  };
  EXPECT_THAT(message("{\"a\":1,\"b\":\"é\xFFé\"}"), testing::HasSubstr("not UTF-8, at byte 14"));
  EXPECT_THAT(message("  "), testing::HasSubstr("the value is blank"));
}

TEST(JsonValidation, RefusesWhatIsNotUtf8) {
  for (const char* bytes : {"\xFF", "\xC0\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xE2\x82", "\x80"}) {
    EXPECT_EQ(fate(std::string("{\"a\":1,\"b\":\"") + bytes + "\"}"), "invalid_utf8");
    EXPECT_EQ(fate(std::string("{\"a\":1,\"") + bytes + "\":2}"), "invalid_utf8");
    EXPECT_EQ(fate(std::string(bytes) + "{}"), "invalid_utf8");
  }
  for (const char* escapes : {R"(\ud800)", R"(\udc00)", R"(\ud800x)", R"(\ud800\ud800)", R"(\ud83d\n)",
                              R"(\udc00\ud800)", R"(\ud800\u0041)"}) {
    EXPECT_EQ(fate(std::string("{\"a\":1,\"b\":\"") + escapes + "\"}"), "invalid_utf8") << escapes;
  }
  EXPECT_EQ(fate(R"({"a":1,"b":"\uD83D\uDE00"})"), "accepted");
}

TEST(JsonValidation, AgreesWithTheJsonTestSuite) {
  const fs::path folder = shared_data() / "json" / "test_parsing";
  if (!fs::exists(folder)) GTEST_SKIP() << "no JSONTestSuite at " << folder;
  // Good JSON that no row can be made of, by the rules of the format.
  const std::vector<std::string> policy{"y_object_duplicated_key.json",
                                        "y_object_duplicated_key_and_value.json",
                                        "y_object_escaped_null_in_key.json", "y_string_null_escape.json"};
  int seen = 0;
  for (const auto& entry : fs::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    const std::string document = contents_of(entry.path());
    const std::string result = fate(document);
    const std::string wrapped = fate("{\"a\":" + document + "}");
    ++seen;
    if (name[0] == 'n') {
      EXPECT_NE(result, "accepted") << name;
      if (name != "n_structure_object_with_comment.json") {
        EXPECT_NE(result, "not_object") << name;
      }
    }
    if (name[0] != 'y') continue;
    const bool is_refused = std::find(policy.begin(), policy.end(), name) != policy.end();
    if (is_refused) {
      EXPECT_TRUE(wrapped == "duplicate_key" || wrapped == "nul_character") << name << ' ' << wrapped;
    } else {
      EXPECT_EQ(wrapped, "accepted") << name;
      EXPECT_EQ(result, document[document.find_first_not_of(" \n\t\r")] == '{' ? "accepted" : "not_object")
          << name;
    }
  }
  EXPECT_GT(seen, 300);
}

TEST(JsonValidation, ReadsTheSampleOfProductView) {
  const fs::path path = shared_data() / "samples" / "product_view.jsonl";
  if (!fs::exists(path)) GTEST_SKIP() << "no " << path;
  std::ifstream file(path, std::ios::binary);
  std::vector<std::optional<std::string>> records;
  for (std::string line; std::getline(file, line);) records.emplace_back(line);
  const auto decoded = decode(
      *json_with({}),
      {column("id", "string not null"), column("product_id", "string not null"),
       column("time_stamp", "bigint not null"), column("option", "json"), column("product_name", "string")},
      records);
  std::map<std::string, int> fates;
  for (const std::string& line : decoded.lines) ++fates[line.starts_with("reject ") ? line : "row"];
  const std::map<std::string, int> expected{
      {"row", 490},          {"reject invalid_utf8", 2},  {"reject not_object", 1},
      {"reject missing", 1}, {"reject nul_character", 2}, {"reject not_json", 4}};
  EXPECT_EQ(fates, expected);
}

// The members of the record before are expected again. Whatever came before, a record is read as if it stood alone.
TEST(JsonValidation, ReadsEachRecordAsIfItStoodAlone) {
  const std::vector<std::string> names{R"("a")", R"("ab")", R"("b")", R"("\u0061")", R"("a\u0062")", R"("")", R"("\"")", R"("a_longer_name")", R"("é")"};
  const std::vector<std::string> values{"1", R"("x")", "null", R"({"a":1,"b":2})", R"({"a":1,"a":2})", R"([{"ab":1}])", R"("a:")", R"("\\")", "tru"};
  const std::vector<std::string> separators{":", ": ", " :", ""};
  const std::vector<DecodedColumn> columns{column("a", "json"), column("ab", "json"), column("", "json"), column("a_longer_name", "json")};
  std::mt19937 random(11);
  const auto document = [&](const std::vector<std::string>& members) {
    std::string text = "{";
    for (const std::string& name : members) {
      const std::string& separator = separators[random() % 20 < 17 ? 0 : random() % separators.size()];
      const std::string& value = values[random() % 10 < 7 ? random() % 2 : random() % values.size()];
      text += (text.size() > 1 ? "," : "") + name + separator + value;
    }
    return text + "}";
  };
  for (const bool may_repeat : {false, true}) {
    for (int round = 0; round < 300; ++round) {
      std::vector<std::string> members;
      for (std::size_t i = random() % 6; i > 0; --i) members.push_back(names[random() % names.size()]);
      std::vector<std::optional<std::string>> records;
      for (int i = 0; i < 30; ++i) {
        // Mostly the same members, sometimes another one, one less, one more, or two that changed places.
        const auto at = [&] { return members.begin() + static_cast<std::ptrdiff_t>(random() % members.size()); };
        if (const auto change = random() % 12; change == 0 || members.empty()) members.insert(members.begin(), names[random() % names.size()]);
        else if (change == 1) members.erase(at());
        else if (change == 2) members.push_back(names[random() % names.size()]);
        else if (change == 3) std::iter_swap(at(), at());
        records.emplace_back(document(members));
      }
      const auto format = json_with(may_repeat ? Config::Map{{"duplicate_keys", scalar("last")}} : Config::Map{});
      const auto together = decode(*format, columns, records);
      std::size_t rejected = 0;
      for (std::size_t i = 0; i < records.size(); ++i) {
        const auto alone = decode(*format, columns, {records[i]});
        ASSERT_EQ(together.lines[i], alone.lines[0]) << *records[i];
        if (alone.messages.empty()) continue;
        ASSERT_EQ(together.messages[rejected++], alone.messages[0]) << *records[i];
      }
    }
  }
}

// Any cut and any changed byte of a document ends in a row or a reject, never in a crash or a read outside
// (run with asan).
TEST(JsonValidation, SurvivesDamage) {
  const std::string whole =
      R"({"a":[1,{"b":"\u00e9\ud83d\ude00","c":null}],"d":-1.5e3,"e":true,"f":"text \\ \"q\""})";
  std::vector<std::optional<std::string>> records;
  for (std::size_t size = 0; size < whole.size(); ++size) records.emplace_back(whole.substr(0, size));
  std::mt19937 random(7);
  const std::string bytes = "{}[]:,\"\\ut10-.e \n\x01\xC3\xFF";
  for (int i = 0; i < 20000; ++i) {
    std::string damaged = whole;
    for (int j = 0; j < 1 + i % 3; ++j) damaged[random() % damaged.size()] = bytes[random() % bytes.size()];
    records.emplace_back(damaged);
  }
  const auto decoded = decode(
      *json_with({}), {column("a", "json"), column("d", "decimal(10,2)"), column("f", "string")}, records);
  EXPECT_EQ(decoded.lines.size(), records.size());
  for (std::size_t size = 0; size < whole.size(); ++size)
    EXPECT_EQ(decoded.lines[size], "reject not_json") << size;
}

}  // namespace
}  // namespace weir
