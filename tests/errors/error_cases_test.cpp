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

std::string said_of(const std::string& file) {
  const std::filesystem::path path(file);
  const auto compile = path.extension() == ".weir" ? compile_weir : compile_yaml;
  const Compiled compiled = compile(path.filename().string(), read(folder / path), builtin_registry(), variables());
  EXPECT_EQ(compiled.plan == nullptr, !compiled.diagnostics.ok());
  std::string result;
  for (const Error& error : compiled.diagnostics.errors()) result += render(error) + "\n";
  for (const Error& warning : compiled.diagnostics.warnings()) result += render(warning, "warning") + "\n";
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

INSTANTIATE_TEST_SUITE_P(Files, ErrorCase, testing::ValuesIn(cases()),
                         [](const auto& case_info) {
                           std::string name = std::filesystem::path(case_info.param).replace_extension().string();
                           std::replace(name.begin(), name.end(), '/', '_');
                           return name;
                         });

}  // namespace
}  // namespace weir
