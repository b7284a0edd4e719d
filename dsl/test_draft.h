// test_draft.h — a test as settings, for those who write one into a pipeline file.
#pragma once

#include <string>
#include <vector>

#include "dsl/settings_tree.h"
#include "engine/data/value.h"

namespace weir {

/// Adds what stands behind `key` to a map of settings.
void add_setting(Config& map, const std::string& key, Config value);
Config text_setting(std::string text);
Config list_setting();
Config map_setting();
/// A value as read_test_value() reads it; times of `day` without their date.
Config value_setting(const Value& value, std::int32_t day);

/// The test, a map of settings, as an item of `tests` or as a statement; ends in a newline.
std::string test_text(const Config& test, Spelling spelling);
/// `text`, a pipeline file that compiles, with the test behind its others. An error where that cannot be done.
Result<std::string> with_test(const std::string& name, const std::string& text, const Config& test);

}  // namespace weir
