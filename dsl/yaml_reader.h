// yaml_reader.h — reads names, lists, maps and expressions out of a tree of settings, reporting what is of
// another kind.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "dsl/language_keys.h"
#include "dsl/settings_tree.h"
#include "dsl/syntax.h"

namespace weir {

/// `what` names the setting in messages: "key of sink retail". One thread.
class YamlReader {
 public:
  explicit YamlReader(Diagnostics& diagnostics, Spelling spelling = Spelling::yaml) : diagnostics_(diagnostics), spelling_(spelling) {}

  /// Of two ways to say the same, that of the file.
  const char* spelled(const char* yaml, const char* weir) const { return spelling_ == Spelling::yaml ? yaml : weir; }

  /// Where a message about a setting points: its value, or its key where the value is empty.
  static const Location& place(const Config& config);
  /// `mistake`: a code of the catalogue.
  void report(const char* mistake, const Config& config, std::string message, std::string hint = {});
  void report(const char* mistake, const Location& where, std::string message, std::string hint = {});

  /// Keys of `map` that are none of the block's are reported with the nearest one; those of later versions as not available yet.
  void check_keys(const Config& map, const std::string& what, Block block);
  /// Whether `config` is a map, which is reported where it is not.
  bool expect_map(const Config& config, const std::string& what, const char* example);

  std::optional<std::string> text(const Config& config, const std::string& what);
  /// true or false, nothing else: yes and on are words of YAML 1.1 alone.
  std::optional<bool> truth(const Config& config, const std::string& what);
  std::optional<Name> name(const Config& config, const std::string& what);
  /// The name under `key`; reports a missing one at `map`.
  std::optional<Name> required_name(const Config& map, const std::string& key, const std::string& what);
  /// A list of names, or one scalar with commas. Empty after reporting.
  std::vector<Name> names(const Config& config, const std::string& what);
  /// Null after reporting. Warns where YAML cut the text short.
  AstPtr expression(const Config& config, const std::string& what);
  /// A map name: expression, or a list of names. Nothing if any of it was reported.
  std::optional<std::vector<NamedExpression>> columns(const Config& config, const std::string& what);

  Diagnostics& diagnostics() { return diagnostics_; }

 private:
  void warn_of_comment(const Config& config);
  void report_expression_in_list(const Name& column);

  Diagnostics& diagnostics_;
  Spelling spelling_;
};

}  // namespace weir
