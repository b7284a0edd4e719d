// variables.h — puts the values of ${...} into a tree of settings.
#pragma once

#include "dsl/compile.h"
#include "engine/component/config.h"

namespace weir {

struct FilledVariables {
  /// The places of the scalars that could not be filled in: what is said of their text later is beside the point.
  std::vector<Location> failed;
  /// At the places of the others: where what was put in comes from, for whoever finds it wrong. Values are not told.
  std::vector<Note> origins;
};

/// Replaces, in every scalar (keys stay), ${NAME}, ${section.key}, ${NAME:-default} and ${file:PATH}; $${
/// stands for a literal ${. A default may hold variables again, a value may not: what comes from outside is
/// never read as syntax. Reports every variable that has no value.
///
/// NAME and section.key are two spellings of one name (SECTION_KEY), so that ${KAFKA_BROKERS} is also found
/// as `brokers` in section [kafka]. A default counts where the value is not set or empty. Values of
/// ${file:...} are marked as secrets.
///
FilledVariables substitute_variables(Config& config, const Variables& variables, Diagnostics& diagnostics);

/// The value that ${name} has; nothing where it is not set.
std::optional<std::string> variable_value(const Variables& variables, const std::string& name);

/// Where the `}` of the variable whose `${` stands at `start` is, or npos.
std::size_t closing_brace(std::string_view text, std::size_t start);

}  // namespace weir
