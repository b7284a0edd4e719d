// option_table.h — one table per component says which options it has; parsing, defaults, help and schema come from it.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/duration.h"
#include "engine/base/error.h"
#include "engine/component/config.h"

namespace weir {

/// What people and the JSON schema see of one option.
struct OptionDoc {
  std::string name;
  std::string type;           // "string", "integer", "number", "boolean", "duration", "size", "list", "map", or "a | b | c"
  std::string default_value;  // empty: none
  std::string summary;
  bool required = false;
  bool secret = false;
};

/// Fills a struct of options from a config map. Unknown keys, wrong types, values out of range and missing required options are reported with
/// their place and the nearest name.
template <typename Options>
class OptionTable {
 public:
  using Setter = std::function<void(Options&, const Config&, Diagnostics&)>;

  OptionTable& text(std::string name, std::string Options::*member, std::string summary, bool required = false, bool secret = false);
  OptionTable& integer(std::string name, std::int64_t Options::*member, std::int64_t low, std::int64_t high, std::string summary);
  OptionTable& boolean(std::string name, bool Options::*member, std::string summary);
  OptionTable& duration(std::string name, Duration Options::*member, std::string summary);
  OptionTable& choice(std::string name, std::string Options::*member, std::vector<std::string> choices, std::string summary);
  /// A list, or one scalar with commas.
  OptionTable& text_list(std::string name, std::vector<std::string> Options::*member, std::string summary, bool required = false);
  OptionTable& text_map(std::string name, std::map<std::string, std::string> Options::*member, std::string summary);
  OptionTable& custom(OptionDoc doc, Setter setter);

  Options parse(const Config& config, Diagnostics& diagnostics, Options defaults = {}) const;
  std::vector<OptionDoc> docs() const;

 private:
  struct Entry { OptionDoc doc; Setter set; };
  OptionTable& add(OptionDoc doc, Setter setter) { entries_.push_back({std::move(doc), std::move(setter)}); return *this; }
  std::vector<Entry> entries_;
};

namespace option_parsing {
// The parts that do not depend on the struct; see option_table.cpp. Each reports and returns nothing on a wrong value.
std::optional<std::string> text(const Config&, const OptionDoc&, Diagnostics&);
std::optional<std::int64_t> integer(const Config&, const OptionDoc&, std::int64_t low, std::int64_t high, Diagnostics&);
std::optional<bool> boolean(const Config&, const OptionDoc&, Diagnostics&);
std::optional<Duration> duration(const Config&, const OptionDoc&, Diagnostics&);
std::optional<std::string> choice(const Config&, const OptionDoc&, const std::vector<std::string>&, Diagnostics&);
std::optional<std::vector<std::string>> text_list(const Config&, const OptionDoc&, Diagnostics&);
std::optional<std::map<std::string, std::string>> text_map(const Config&, const OptionDoc&, Diagnostics&);
/// Reports keys of `config` that `docs` does not have, and required ones that are missing.
void check_keys(const Config& config, const std::vector<OptionDoc>& docs, Diagnostics&);
}  // namespace option_parsing

}  // namespace weir

#include "engine/component/option_table_inline.h"
