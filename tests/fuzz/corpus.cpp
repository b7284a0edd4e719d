// corpus.cpp — texts to begin with: what is shipped, what is shown, and what is known to be wrong.
#include "tests/fuzz/corpus.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/roundtrip/random_expression.h"

namespace weir::testing {
namespace {

std::string read(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

/// What stands between ``` and ``` in a page.
void add_examples(const std::string& page, std::vector<std::string>& texts) {
  for (std::size_t at = page.find("```"); at != std::string::npos; at = page.find("```", at)) {
    const std::size_t start = page.find('\n', at), end = page.find("\n```", at);
    if (start == std::string::npos || end == std::string::npos || end < start) return;
    texts.push_back(page.substr(start + 1, end - start));
    at = end + 4;
  }
}

void add_folder(const char* folder, std::vector<std::string>& texts) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(std::filesystem::path(WEIR_SOURCE_DIR) / folder)) {
    if (entry.is_regular_file()) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  for (const auto& file : files) {
    const auto ending = file.extension();
    if (ending == ".yaml" || ending == ".weir" || ending == ".test" || ending == ".example") texts.push_back(read(file));
    if (ending == ".md") add_examples(read(file), texts);
  }
}

}  // namespace

std::vector<std::string> corpus() {
  std::vector<std::string> texts;
  for (const char* folder : {"pipelines", "tests/errors", "tests/plans", "tests/pipelines", "docs"}) add_folder(folder, texts);
  Draw draw(1);
  const std::vector<KnownColumn> columns = {{"a", Kind::whole}, {"t", Kind::text}, {"b", Kind::truth}, {"ts", Kind::time}, {"j", Kind::json}, {"r", Kind::tags}};
  for (int i = 0; i < 60; ++i) texts.push_back(RandomExpression(draw, columns).of(draw.one_of(std::vector<Kind>{Kind::truth, Kind::whole, Kind::text, Kind::time})));
  return texts;
}

}  // namespace weir::testing
