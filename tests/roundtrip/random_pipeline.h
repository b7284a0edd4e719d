// random_pipeline.h — settings of pipelines that compile: every section, step and clause, with names and texts that are awkward to write.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "tests/roundtrip/draw.h"

namespace weir::testing {

/// A setting as it is meant, before it is spelled in any way.
struct Setting {
  enum class Kind { text, list, map };
  Kind kind = Kind::text;
  std::string text;
  std::vector<Setting> items;
  std::vector<std::pair<std::string, Setting>> entries;

  Setting(std::string value) : text(std::move(value)) {}
  Setting(const char* value) : text(value) {}
  static Setting list(std::vector<Setting> items);
  static Setting list() { return list({}); }
  static Setting map(std::vector<std::pair<std::string, Setting>> entries);
  static Setting map() { return map({}); }
  void add(std::string key, Setting value) { entries.emplace_back(std::move(key), std::move(value)); }
};

Setting random_pipeline(Draw& draw);

}  // namespace weir::testing
