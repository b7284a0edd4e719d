// csv_table.cpp — declares lookup tables from CSV files and reads them.
#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "connectors/csv/csv.h"
#include "connectors/csv/csv_reader.h"
#include "engine/data/utf8.h"

namespace weir {
namespace {

constexpr std::size_t largest_file = std::size_t{1} << 30;

struct CsvOptions {
  std::string file;  // as it is opened
  bool header = true;
  std::string delimiter = ",";
  std::string null_text;
};

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

Error cannot_read(const std::string& path) { return Error{ErrorKind::user, fmt::format("cannot read {}: {}", path, std::strerror(errno))}; }

Result<std::string> read_whole(const std::string& path) {
  const std::unique_ptr<std::FILE, CloseFile> file(std::fopen(path.c_str(), "rb"));
  if (file == nullptr) return cannot_read(path);
  std::string text;
  constexpr std::size_t step = 1 << 20;
  for (std::size_t got = step; got == step;) {
    const std::size_t before = text.size();
    if (before > largest_file) return Error{ErrorKind::user, fmt::format("{} is too large: a lookup table may have at most {} MiB", path, largest_file >> 20)};
    text.resize(before + step);
    errno = 0;
    got = std::fread(text.data() + before, 1, step, file.get());
    text.resize(before + got);
  }
  if (std::ferror(file.get()) != 0) return cannot_read(path);
  return text;
}

Status check_text(const std::shared_ptr<const SourceText>& source) {
  const std::string_view text = source->text;
  if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF"))
    return Error{ErrorKind::user, fmt::format("{} is UTF-16", source->name)}.with_hint("a lookup table is UTF-8: iconv -f UTF-16 -t UTF-8");
  if (is_valid_utf8(text)) return {};
  std::uint32_t line = 1;
  for (std::size_t from = 0; from < text.size(); ++line) {
    const std::size_t end = std::min(text.find('\n', from), text.size());
    if (!is_valid_utf8(text.substr(from, end - from))) break;
    from = end + 1;
  }
  // The line itself is not shown: it is no text.
  return Error{ErrorKind::user, fmt::format("{}, line {}: not UTF-8", source->name, line)};
}

class CsvTable final : public LookupDefinition {
 public:
  explicit CsvTable(CsvOptions options) : options_(std::move(options)) {}

  Status read(LookupBuilder& rows) const override {
    WEIR_ASSIGN(std::string text, read_whole(options_.file));
    const auto source = std::make_shared<const SourceText>(SourceText{options_.file, std::move(text)});
    WEIR_TRY(check_text(source));
    rows.set_source(source);
    CsvReader reader(source, options_.delimiter.front());
    std::vector<CsvField> fields;
    std::vector<LookupCell> cells;
    for (bool is_header = options_.header;; is_header = false) {
      WEIR_ASSIGN(const bool is_there, reader.next(fields));
      if (!is_there && is_header) return Error{ErrorKind::user, fmt::format("{} is empty: its first line has the names of the columns", options_.file)};
      if (!is_there) return {};
      cells.clear();
      for (const CsvField& field : fields)
        cells.push_back({field.text, !field.is_quoted && field.text == options_.null_text, field.line, field.column, field.length});
      WEIR_TRY(is_header ? rows.set_header(cells) : rows.add(cells));
    }
  }

  Result<std::optional<std::string>> version() const override {
    struct stat facts {};
    if (::stat(options_.file.c_str(), &facts) != 0) return cannot_read(options_.file);
    return std::optional(fmt::format("{} {}.{:09} {}", facts.st_ino, facts.st_mtim.tv_sec, facts.st_mtim.tv_nsec, facts.st_size));
  }

  std::string describe() const override { return "csv file " + options_.file; }
  std::string fingerprint() const override {
    return fmt::format("csv {} {} {}", std::filesystem::path(options_.file).filename().string(), options_.header, options_.null_text);
  }

 private:
  const CsvOptions options_;
};

OptionTable<CsvOptions> option_table() {
  OptionTable<CsvOptions> table;
  table
      .text("file", &CsvOptions::file, "the file, from the folder of the pipeline file; UTF-8", true)
      .boolean("header", &CsvOptions::header, "whether the first line has the names of the columns; without it, they are declared in their order")
      .text("delimiter", &CsvOptions::delimiter, "what stands between fields: one character, such as ; or a tab (\"\\t\")")
      .text("null_text", &CsvOptions::null_text, "what stands for NULL where it is not in quotes; by default nothing: a,,b");
  return table;
}

void check_delimiter(const Config& config, const CsvOptions& options, Diagnostics& diagnostics) {
  const Config* given = config.find("delimiter");
  const std::string& text = options.delimiter;
  if (given == nullptr || (text.size() == 1 && text != "\"" && text != "\n" && text != "\r")) return;
  diagnostics.error(Error{ErrorKind::user, fmt::format("delimiter: expected one character, got '{}'", text), given->where}.as("W0702").with_hint(
      "write it as \";\" or \"\\t\""));
}

}  // namespace

LookupSpec csv_table() {
  LookupSpec spec;
  spec.name = "csv";
  spec.summary = "a CSV file (RFC 4180), read again when its time or size has changed";
  spec.options = option_table().docs();
  spec.parse = [](const Config& config, Diagnostics& diagnostics) -> std::shared_ptr<const LookupDefinition> {
    const std::size_t errors_before = diagnostics.errors().size();
    CsvOptions options = option_table().parse(config, diagnostics);
    check_delimiter(config, options, diagnostics);
    if (diagnostics.errors().size() != errors_before) return nullptr;
    const Location& where = config.find("file")->where;
    if (where.source != nullptr) options.file = (std::filesystem::path(where.source->name).parent_path() / options.file).string();
    return std::make_shared<CsvTable>(std::move(options));
  };
  return spec;
}

}  // namespace weir
