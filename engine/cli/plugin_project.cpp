// plugin_project.cpp — writes the project of a new plugin.
#include "engine/cli/plugin_project.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

namespace weir {
namespace {

// Stands for the plugin's name in the texts.
constexpr std::string_view placeholder = "my_plugin";

constexpr std::string_view build_file = R"file(# my_plugin: a plugin of Weir. cmake -B build -DCMAKE_PREFIX_PATH=WHERE_WEIR_IS && cmake --build build && ctest --test-dir build
cmake_minimum_required(VERSION 3.16)
project(my_plugin LANGUAGES CXX)
find_package(weir_udf 1 REQUIRED)

add_library(my_plugin MODULE my_plugin.cpp)
target_link_libraries(my_plugin PRIVATE weir::udf)
target_compile_features(my_plugin PRIVATE cxx_std_17)
set_target_properties(my_plugin PROPERTIES PREFIX "" CXX_VISIBILITY_PRESET hidden)

# The examples of the functions are their tests.
enable_testing()
add_test(NAME examples COMMAND "${WEIR_PROGRAM}" plugin check $<TARGET_FILE:my_plugin>)
)file";

constexpr std::string_view source_file = R"file(// my_plugin.cpp — functions for pipelines of Weir.
#include <weir_udf.hpp>

#include <string>
#include <string_view>

namespace {

// "ada lovelace" -> "al"
std::string initials(std::string_view text) {
  std::string letters;
  bool is_start = true;
  for (const char c : text) {
    if (is_start && c != ' ') letters += c;
    is_start = c == ' ';
  }
  return letters;
}

}  // namespace

WEIR_PLUGIN("my_plugin", "0.1.0", plugin) {
  plugin.scalar("my_plugin_initials", [](std::string_view text) { return initials(text); })
      .parameters({"text"})
      .summary("The first letter of each word.")
      .example("my_plugin_initials('ada lovelace')", "al")
      .example("my_plugin_initials('')", "");
}
)file";

constexpr std::string_view readme_file = R"file(# my_plugin
A plugin of Weir: functions that pipelines call like the built-in ones.

```sh
cmake -B build -DCMAKE_PREFIX_PATH=WHERE_WEIR_IS && cmake --build build
ctest --test-dir build                     # runs the examples of the functions
weir list functions --plugin build/my_plugin.so
```

In a pipeline file, with the path from its folder:

```yaml
plugins: [build/my_plugin.so]
```
)file";

std::string with_name(std::string_view text, const std::string& name) {
  std::string made;
  for (std::size_t at = text.find(placeholder); at != std::string_view::npos; at = text.find(placeholder)) {
    made.append(text.substr(0, at)).append(name);
    text.remove_prefix(at + placeholder.size());
  }
  return made.append(text);
}

bool is_plugin_name(const std::string& name) {
  const auto is_letter = [](char c) { return c >= 'a' && c <= 'z'; };
  const auto is_other = [&](char c) { return is_letter(c) || (c >= '0' && c <= '9') || c == '_'; };
  return !name.empty() && is_letter(name.front()) && std::all_of(name.begin(), name.end(), is_other);
}

}  // namespace

Status write_plugin_project(const std::string& name, const std::string& folder) {
  if (!is_plugin_name(name))
    return Error{ErrorKind::usage, fmt::format("not a name for a plugin: {}", name)}.with_hint("use lower case letters, digits and _, with a letter first");
  std::error_code failed;
  if (!std::filesystem::create_directories(folder, failed))
    return Error{ErrorKind::usage, fmt::format("cannot make the folder {}: {}", folder, failed ? failed.message() : "it exists")};
  const std::pair<std::string, std::string_view> files[] = {
      {"CMakeLists.txt", build_file}, {name + ".cpp", source_file}, {"README.md", readme_file}};
  for (const auto& [file, text] : files) {
    std::ofstream out(std::filesystem::path(folder) / file, std::ios::binary);
    out << with_name(text, name);
    if (!out.flush()) return Error{ErrorKind::fatal, fmt::format("cannot write {}/{}", folder, file)};
  }
  return {};
}

}  // namespace weir
