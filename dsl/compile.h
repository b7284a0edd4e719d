// compile.h — from the text of a pipeline file to a plan.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/expression/ast.h"
#include "engine/plan/pipeline_test.h"
#include "engine/plan/report.h"

namespace weir {

/// Where ${...} finds its values. The environment wins over the INI file; --set wins over both.
struct Variables {
  std::map<std::string, std::string> overrides;      // --set NAME=value (also section.key=value)
  std::map<std::string, std::string> environment;
  std::map<std::string, std::string> ini;            // "section.key" -> value
  bool are_for_tests = false;  // one without a value is no error where it only says where a service is
};

std::map<std::string, std::string> process_environment();
/// Reads an INI file: [section], key = value, # and ; comments; keys may hold dots. Errors name file and line.
Result<std::map<std::string, std::string>> read_ini(const std::string& path);

struct Compiled {
  std::shared_ptr<const Plan> plan;   // null if there was an error
  std::vector<PipelineTest> tests;    // in the order of the file
  std::vector<Report> reports;        // likewise; good for nothing if there was an error
  Diagnostics diagnostics;            // every error and warning of the file
};

/// Reads and compiles a pipeline file; the spelling is told by its ending (.yaml, .yml, .weir).
Compiled compile_file(const std::string& path, const Registry& registry, const Variables& variables);
/// Whether a file has no name and no sinks: then it is there to be included by others.
bool is_part_of_pipeline(const std::string& path, const Registry& registry);
/// What is wrong with such a file by itself: what it says, and not what that means beside the files it is included by. Never a plan.
Compiled check_part(const std::string& path, const Registry& registry, const Variables& variables);
Compiled compile_yaml(const std::string& name, const std::string& text, const Registry& registry, const Variables& variables);
Compiled compile_weir(const std::string& name, const std::string& text, const Registry& registry, const Variables& variables);

/// Parses one expression; `where` is the place of its first character in `where.source`. Null after reporting every error.
AstPtr parse_expression(const std::string& text, const Location& where, Diagnostics& diagnostics);

}  // namespace weir
