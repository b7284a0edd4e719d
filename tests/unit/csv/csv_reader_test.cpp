// csv_reader_test.cpp — records and places of CSV text, and the files of csv-spectrum.
#include <gtest/gtest.h>
#include <simdjson.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>

#include "connectors/csv/csv_reader.h"

namespace weir {
namespace {

namespace fs = std::filesystem;

std::shared_ptr<const SourceText> source_of(const std::string& text) { return std::make_shared<const SourceText>(SourceText{"t.csv", text}); }

// Fields in brackets, quoted ones in quotes; errors as "line:column message".
std::string read(const std::string& text, char delimiter = ',') {
  CsvReader reader(source_of(text), delimiter);
  std::string result;
  std::vector<CsvField> fields;
  for (;;) {
    const Result<bool> next = reader.next(fields);
    if (!next.ok()) {
      const Location& where = next.error().where();
      return result + "error " + std::to_string(where.line) + ":" + std::to_string(where.column) + " " + next.error().message();
    }
    if (!*next) return result;
    for (const CsvField& field : fields) result += field.is_quoted ? "\"" + std::string(field.text) + "\"" : "[" + std::string(field.text) + "]";
    result += "/";
  }
}

TEST(CsvReader, TakesLinesApart) {
  EXPECT_EQ(read(""), "");
  EXPECT_EQ(read("a"), "[a]/");
  EXPECT_EQ(read("a,b\n1,2"), "[a][b]/[1][2]/");
  EXPECT_EQ(read("a,b\r\n1,2\r\n"), "[a][b]/[1][2]/");
  EXPECT_EQ(read("a,,\n,"), "[a][][]/[][]/");
  EXPECT_EQ(read("a,b;c\n", ';'), "[a,b][c]/");
  EXPECT_EQ(read(" a ,b c"), "[ a ][b c]/");
  EXPECT_EQ(read("a\rb,c\r"), "[a\rb][c\r]/");
  EXPECT_EQ(read("37'8\"N,5\"\n"), "[37'8\"N][5\"]/");
}

TEST(CsvReader, LeavesEmptyLinesAndTheByteOrderMarkOut) {
  EXPECT_EQ(read("\n\r\na\n\n\nb\n\r\n"), "[a]/[b]/");
  EXPECT_EQ(read("\xEF\xBB\xBF" "a,b"), "[a][b]/");
  EXPECT_EQ(read("\xEF\xBB\xBF\"a\""), "\"a\"/");
  EXPECT_EQ(read("\"\"\n"), "\"\"/");
}

TEST(CsvReader, ReadsQuotedFields) {
  EXPECT_EQ(read("\"a,b\",\"c\nd\",\"e\r\nf\"\n"), "\"a,b\"\"c\nd\"\"e\r\nf\"/");
  EXPECT_EQ(read(R"("say ""hi""",x,"""","""""")"), R"("say "hi""[x]"""""""/)");
  EXPECT_EQ(read("\"a\"\"b\",\"c\"\"d\"\r\n\"e\"\"f\"\r\n"), "\"a\"b\"\"c\"d\"/\"e\"f\"/");
}

TEST(CsvReader, SaysWhereTextIsNoCsv) {
  EXPECT_EQ(read("a,b\n1,\"2\n3\n"), "[a][b]/error 2:3 the quote that opens here is never closed");
  EXPECT_EQ(read("a\n\"b\"c,d"), "[a]/error 2:4 text behind the quote that closes a field");
  EXPECT_EQ(read("\"a\nb\"x"), "error 2:3 text behind the quote that closes a field");
}

TEST(CsvReader, KnowsWhereFieldsStand) {
  CsvReader reader(source_of("a,\"b\nc\",d\n\n  e,\"f\""), ',');
  std::vector<CsvField> fields;
  std::string places;
  while (*reader.next(fields)) {
    for (const CsvField& field : fields) places += std::to_string(field.line) + ":" + std::to_string(field.column) + "+" + std::to_string(field.length) + " ";
  }
  EXPECT_EQ(places, "1:1+1 1:3+2 2:4+1 4:1+3 4:5+2 ");
}

// Test data that is not part of the repository: beside it, or where WEIR_SHARED says.
fs::path shared_data() {
  const char* given = std::getenv("WEIR_SHARED");
  return (given != nullptr ? fs::path(given) : fs::path(WEIR_SOURCE_DIR) / ".." / "shared") / "data" / "csv";
}

std::string contents_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

using Rows = std::vector<std::map<std::string, std::string>>;

Rows rows_of_json(const std::string& text) {
  simdjson::dom::parser parser;
  const simdjson::dom::element document = parser.parse(text);
  Rows rows;
  const auto add = [&](simdjson::dom::object object) {
    rows.emplace_back();
    for (const auto& [key, value] : object) rows.back()[std::string(key)] = std::string(std::string_view(value));
  };
  if (document.is_object()) {
    add(document);
    return rows;
  }
  for (const simdjson::dom::element row : simdjson::dom::array(document)) add(row);
  return rows;
}

Rows rows_of_csv(const std::string& text) {
  CsvReader reader(source_of(text), ',');
  std::vector<CsvField> fields;
  std::vector<std::string> names;
  Rows rows;
  for (Result<bool> next = reader.next(fields); next.ok() && *next; next = reader.next(fields)) {
    if (!names.empty()) rows.emplace_back();
    for (std::size_t i = 0; i < fields.size(); ++i) {
      if (rows.empty())
        names.emplace_back(fields[i].text);
      else
        rows.back()[names.at(i)] = fields[i].text;
    }
  }
  return rows;
}

TEST(CsvReader, ReadsCsvSpectrum) {
  if (!fs::exists(shared_data())) GTEST_SKIP() << "there is no " << shared_data() << "; WEIR_SHARED names the folder that holds data/csv";
  std::size_t files = 0;
  for (const auto& entry : fs::directory_iterator(shared_data() / "csvs")) {
    Rows meant = rows_of_json(contents_of(shared_data() / "json" / (entry.path().stem().string() + ".json")));
    Rows read_rows = rows_of_csv(contents_of(entry.path()));
    // Somebody changed a telephone number in one of the two files only.
    if (entry.path().stem() == "location_coordinates") {
      EXPECT_EQ(read_rows.at(0).erase("Contact Phone Number"), meant.at(0).erase("Contact Phone Number"));
    }
    EXPECT_EQ(read_rows, meant) << entry.path();
    ++files;
  }
  EXPECT_GE(files, 12u);
}

}  // namespace
}  // namespace weir
