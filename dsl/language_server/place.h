// place.h — what a cursor in a pipeline file stands on, and what may stand there: told by the text alone, so that it is known while a line is being
// written and nothing can be read.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "dsl/language_keys.h"
#include "dsl/language_server/document.h"

namespace weir {

struct Place {
  enum class Kind : std::uint8_t {
    nothing,
    key,        // of `block`, or an option of its connector
    value,      // of what `what` says
    entry,      // a new entry of a section: a name
    statement,  // .weir: the start of a statement
    creation,   // .weir: what is created
    step,       // .weir: behind |>
    clause,     // .weir: an expression, or the next word of a SELECT or step
  };
  Kind kind = Kind::nothing;
  Block block = Block::pipeline;
  KeyKind what = KeyKind::text;      // value, clause
  const LanguageKey* key = nullptr;  // value: whose it is; null: an option's
  std::string name;                  // value: of its key; entry: of the section; clause: the word that its step begins with
  std::string section, entry;        // where it is: sources, views; of .weir files too
  std::optional<std::size_t> step;   // of the entry
  std::string type, format;          // of the block: its connector and format, where it says them
  std::vector<std::string> present;  // keys that the block has
  TextSpan word;                         // that is being written, or stands there
  bool is_item = false;              // YAML: the start of an item of a list, or where one may begin
  bool needs_dash = false;           // YAML: in front of which there is none yet
  bool is_entry_name = false;        // value: a name that is given, in front of an expression
  /// Relations whose columns are called NAME.COLUMN here: what they are called by, and what they are; empty: the rows at hand.
  std::vector<std::pair<std::string, std::string>> relations;
  /// .weir: a plain SELECT, whose columns are those of all its relations.
  bool is_plain_select = false;
  /// The text with what stands around the cursor taken out, so that the rest can be read: no other character moves but those behind.
  std::string healed;
};

Place yaml_place(const Document& document, std::size_t offset);
Place weir_place(const Document& document, std::size_t offset);
inline Place place_in(const Document& document, std::size_t offset) {
  return document.spelling() == Spelling::yaml ? yaml_place(document, offset) : weir_place(document, offset);
}

}  // namespace weir
