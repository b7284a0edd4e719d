// sql_outline.h — what can be told of a statement of SQL without knowing its grammar: where it begins, where it ends, and the :names in it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/component/read_only_store.h"

namespace weir {

/// Quotes, comments and dollar quotes are passed over, and so is a cast, `::type`.
struct SqlOutline {
  struct Part {
    std::size_t offset, length;
  };
  /// The first word, behind any brackets; in capitals. Empty where there is none.
  std::string first_word;
  Part first{0, 0};
  /// What begins behind a semicolon.
  std::optional<Part> second_statement;
  /// What is opened and not closed: "a text", "a name", "a comment", "a dollar quote".
  struct Unclosed {
    const char* what;
    Part part;
  };
  std::optional<Unclosed> unclosed;
  struct Mention {
    std::string name;
    Part part;  // the colon with it
  };
  std::vector<Mention> mentions;
  /// A parameter as the database writes them, which nobody would give a value.
  std::optional<Part> foreign;
};

SqlOutline outline_of_sql(const std::string& sql, const SqlSpelling& spelling);

}  // namespace weir
