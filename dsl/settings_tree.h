// settings_tree.h — a pipeline as a tree of settings, before anything is known of what they mean.
#pragma once

#include <string>
#include <vector>

#include "engine/component/config.h"

namespace weir {

/// How the file is written: what hints show is spelled the same way.
enum class Spelling { yaml, weir };

struct SettingsTree {
  Spelling spelling = Spelling::yaml;
  Config root;
  /// What could not be read, and was reported: entries of sections such as `sources`. Their names are known, and nothing else.
  struct Broken {
    std::string section;
    std::string name;
    Location where;
  };
  std::vector<Broken> broken;
  bool is_part = false;  // of a pipeline: its name, sources and sinks may be in the file that includes it
};

}  // namespace weir
