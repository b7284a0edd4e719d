// error_cases_test.cpp — compiles every broken pipeline of this folder and compares what is said with the
// file beside it.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>

#include "connectors/builtin.h"
#include "dsl/compile.h"
#include "engine/plan/error_catalogue.h"

namespace weir {
namespace {

const std::filesystem::path folder = std::filesystem::path(WEIR_SOURCE_DIR) / "tests" / "errors";

std::string read(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

/// Files of both spellings: NAME.yaml and weir/NAME.weir.
std::vector<std::string> cases() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    const auto ending = entry.path().extension();
    if (ending == ".yaml" || ending == ".weir") names.push_back(entry.path().lexically_relative(folder).string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

Variables variables() {
  Variables result;
  result.environment = {{"KAFKA_TOPIC", "views"}, {"EMPTY", ""}};
  result.ini = {{"kafka.brokers", "broker:9092"}};
  return result;
}

Compiled compiled_case(const std::string& file) {
  const std::filesystem::path path(file);
  const auto compile = path.extension() == ".weir" ? compile_weir : compile_yaml;
  return compile(path.filename().string(), read(folder / path), builtin_registry(), variables());
}

std::string said_of(const std::string& file) {
  const Compiled compiled = compiled_case(file);
  EXPECT_EQ(compiled.plan == nullptr, !compiled.diagnostics.ok());
  std::string result;
  for (const Error& error : compiled.diagnostics.errors()) result += render(error) + "\n";
  for (const Error& warning : compiled.diagnostics.warnings()) result += render(warning, "warning") + "\n";
  for (const auto* list : {&compiled.diagnostics.errors(), &compiled.diagnostics.warnings()}) {
    for (const Error& one : *list) EXPECT_NE(find_mistake(one.mistake()), nullptr) << "without a code of the catalogue: " << render(one);
  }
  return result;
}

class ErrorCase : public testing::TestWithParam<std::string> {};

TEST_P(ErrorCase, IsExplained) {
  const std::string said = said_of(GetParam());
  const std::filesystem::path expected = (folder / GetParam()).replace_extension(".expected");
  if (const char* update = std::getenv("WEIR_UPDATE"); update != nullptr && *update == '1') {
    std::ofstream(expected, std::ios::binary) << said;
    return;
  }
  EXPECT_EQ(said, read(expected)) << "WEIR_UPDATE=1 writes " << expected << " anew";
}

/// Code and message, without what the message quotes, names behind a colon, and numbers.
std::string form_of(const Error& error) {
  std::string message = std::regex_replace(error.message(), std::regex("'[^']*'|[0-9]+"), "");
  return std::string(error.mistake()) + " " + message.substr(0, message.find(':'));
}

TEST(ErrorCases, AreOfManyKinds) {
  std::set<std::string> forms, codes;
  for (const std::string& file : cases()) {
    const Compiled compiled = compiled_case(file);
    for (const auto* list : {&compiled.diagnostics.errors(), &compiled.diagnostics.warnings()}) {
      for (const Error& one : *list) {
        forms.insert(form_of(one));
        codes.emplace(one.mistake());
      }
    }
  }
  EXPECT_GE(forms.size(), 250u);
  EXPECT_GE(codes.size(), 110u);
}

INSTANTIATE_TEST_SUITE_P(Files, ErrorCase, testing::ValuesIn(cases()),
                         [](const auto& case_info) {
                           std::string name = std::filesystem::path(case_info.param).replace_extension().string();
                           std::replace(name.begin(), name.end(), '/', '_');
                           return name;
                         });

}  // namespace
}  // namespace weir
