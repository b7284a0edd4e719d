// language_keys.h — the keys of the language's own, by the block of settings they stand in: what the reader knows, what the JSON schema says, and
// what an editor offers.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace weir {

/// A map of settings whose keys the language knows. What a connector or a format adds to some of them is in the registry.
enum class Block : std::uint8_t {
  pipeline, function, connection, source, watermark, late, on_error, table, stream, step, explode, dedup, aggregate, table_join, stream_join, sink, reference, fill, report, test,
  test_step,
};
inline constexpr std::array all_blocks = {Block::pipeline, Block::function, Block::connection, Block::source,     Block::watermark,   Block::late,
                                          Block::on_error, Block::table,    Block::stream,     Block::step,       Block::explode,     Block::dedup,
                                          Block::aggregate, Block::table_join, Block::stream_join, Block::sink,   Block::reference,   Block::fill,
                                          Block::report,   Block::test,     Block::test_step};

/// What stands behind a key.
enum class KeyKind : std::uint8_t {
  text,
  name,        // new, or of something outside the file
  path,
  paths,
  words,       // one of LanguageKey::words
  truth,
  span,        // of time
  spans,       // from, to
  size,        // of memory
  share,       // 10%
  type,        // of a value
  types,       // NAME: TYPE
  declared,    // columns: NAME: TYPE and what is said of it
  relation,    // a source or stream
  relations,
  connection,  // of the file
  lookup,      // a lookup table of the file
  connector,   // a type of source, sink, table or connection
  format,
  column,
  columns,     // a list of columns that are there
  names,       // a list of names, of something outside the file
  named,       // NAME: EXPRESSION, or a list of columns
  computed,    // NAME: EXPRESSION
  renaming,    // COLUMN: NAME
  expression,
  conflict,    // ignore, update, update newer by COLUMN, error
  emit,        // changes, final, every SPAN
  settings,    // NAME: VALUE
  section,     // NAME: a block
  block,
  blocks,      // a list of them
  rows,        // NAME: a list of rows, each COLUMN: VALUE
};

struct LanguageKey {
  std::string name;
  KeyKind kind;
  std::string summary;
  std::string default_value{};
  std::vector<std::string> words{};      // that may stand for the value
  std::vector<Block> blocks{};           // of the map that may stand for the value, of each entry of a section, of each item
  bool is_required = false;
  bool is_later = false;                 // known, and not available in this version
};

/// In the order in which an editor offers them.
const std::vector<LanguageKey>& keys_of(Block block);
const LanguageKey* find_key(Block block, const std::string& name);
/// Those that are available; of sections that have none, all that there are.
std::vector<std::string> names_of(Block block);
std::vector<std::string> later_names_of(Block block);
/// Keys of a sink that only a table has.
const std::vector<std::string>& table_keys_of_sinks();

}  // namespace weir
