// error_cases_test.cpp — compiles every broken pipeline of this folder and compares what is said with the
// file beside it.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "connectors/builtin.h"
#include "dsl/compile.h"

namespace weir {
namespace {

const std::filesystem::path folder = std::filesystem::path(WEIR_SOURCE_DIR) / "tests" / "errors";

std::string read(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::vector<std::string> cases() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() == ".yaml") names.push_back(entry.path().stem().string());
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

std::string said_of(const std::string& name) {
  const std::string file = name + ".yaml";
  const Compiled compiled = compile_yaml(file, read(folder / file), builtin_registry(), variables());
  EXPECT_EQ(compiled.plan == nullptr, !compiled.diagnostics.ok());
  std::string result;
  for (const Error& error : compiled.diagnostics.errors()) result += render(error) + "\n";
  for (const Error& warning : compiled.diagnostics.warnings()) result += render(warning, "warning") + "\n";
  return result;
}

class ErrorCase : public testing::TestWithParam<std::string> {};

TEST_P(ErrorCase, IsExplained) {
  const std::string said = said_of(GetParam());
  const std::filesystem::path expected = folder / (GetParam() + ".expected");
  if (const char* update = std::getenv("WEIR_UPDATE"); update != nullptr && *update == '1') {
    std::ofstream(expected, std::ios::binary) << said;
    return;
  }
  EXPECT_EQ(said, read(expected)) << "WEIR_UPDATE=1 writes " << expected << " anew";
}

INSTANTIATE_TEST_SUITE_P(Files, ErrorCase, testing::ValuesIn(cases()),
                         [](const auto& case_info) { return case_info.param; });

}  // namespace
}  // namespace weir
