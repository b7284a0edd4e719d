// knowledge.h — what the compiler knew of a pipeline when it had read it, place by place: for editors.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "dsl/compile.h"
#include "dsl/settings_tree.h"
#include "dsl/syntax.h"

namespace weir {

/// As much as could be read: of a file with errors some of it.
struct Knowledge {
  Spelling spelling = Spelling::yaml;
  /// Nothing if the text was no settings at all.
  std::optional<PipelineSyntax> syntax;
  /// The places of scalars whose variables have no value.
  std::vector<Location> unfilled;
  /// The columns of each source, and of each stream and sink before each of its steps and behind the last: fewer where a step was wrong.
  std::map<std::string, Schema> sources;
  std::map<std::string, std::vector<Schema>> streams;
  std::map<std::string, std::vector<Schema>> sinks;
};

/// As compile_yaml() and compile_weir(), and tells what it found out. What is wrong with a part of a pipeline is told as by check_part().
Compiled compile_for_editor(const std::string& name, const std::string& text, Spelling spelling, const Registry& registry, const Variables& variables,
                            Knowledge& knowledge);

}  // namespace weir
