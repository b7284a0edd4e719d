// column_spec.cpp — reads what a source says of one column.
#include "dsl/column_spec.h"

#include <fmt/format.h>

#include <algorithm>

#include "dsl/column_words.h"
#include "dsl/compile.h"
#include "dsl/placed_text.h"
#include "dsl/unknown_type.h"
#include "engine/base/nearest_name.h"

namespace weir {
namespace {

class ColumnReader {
 public:
  ColumnReader(const Name& column, const std::string& spec, const Location& where, Diagnostics& diagnostics, std::vector<CheckSyntax>& checks)
      : column_(column), words_(words_of_column(spec)), placed_(spec, where), diagnostics_(diagnostics), checks_(checks) {}

  SourceColumn read() {
    SourceColumn result;
    result.where = column_.where;
    result.decoded.field.name = result.decoded.from = column_.text;
    result.decoded.field.type = read_type();
    while (at_ < words_.size() && read_rest(result.decoded)) {
    }
    return result;
  }

 private:
  bool is(std::size_t at, const char* keyword) const {
    return at < words_.size() && !words_[at].is_quoted && lower_case_word(words_[at].text) == keyword;
  }
  bool is_check(std::size_t at) const {
    return at < words_.size() && !words_[at].is_quoted && lower_case_word(words_[at].text.substr(0, words_[at].text.find('('))) == "check";
  }
  bool is_keyword(std::size_t at) const { return is(at, "not") || is(at, "metadata") || is(at, "from") || is_check(at); }

  Type read_type() {
    if (words_.empty() || is_keyword(0)) {
      report("W0118", fmt::format("column {} has no type", column_.text), 0, "write it as in 'bigint not null'");
      return string_type;
    }
    // A type is one word or more: double precision.
    std::size_t end = 0;
    while (end < words_.size() && !is_keyword(end)) ++end;
    for (at_ = end; at_ > 0; --at_) {
      if (const std::optional<Type> type = parse_type(text_of(at_))) return *type;
    }
    at_ = end;
    const std::string text = text_of(end);
    diagnostics_.error(unknown_type(text, placed_.bytes(words_[0].offset, text.size())));
    const std::string meant = nearest_name(text.substr(0, text.find_first_of("( ")), type_names());
    return parse_type(meant).value_or(string_type);
  }

  std::string text_of(std::size_t word_count) const {
    std::string text = words_[0].text;
    for (std::size_t at = 1; at < word_count; ++at) text += " " + words_[at].text;
    std::replace_if(text.begin(), text.end(), [](char c) { return c == '\n' || c == '\r' || c == '\t'; }, ' ');
    return text;
  }

  bool read_rest(DecodedColumn& column) {
    if (is(at_, "not")) {
      if (!is(at_ + 1, "null"))
        return report("W0118", "expected NULL after NOT", at_, "write it as in 'bigint not null'");
      column.field.nullable = false;
      at_ += 2;
      return true;
    }
    if (is(at_, "metadata")) {
      column.is_metadata = true;
      ++at_;
      return true;
    }
    if (is(at_, "from")) {
      if (at_ + 1 == words_.size())
        return report("W0118", "expected a name after FROM", at_, "write it as in 'string from productName'");
      column.from = words_[at_ + 1].text;
      at_ += 2;
      return true;
    }
    if (is_check(at_)) return read_check();
    return report("W0118", fmt::format("expected NOT NULL, METADATA, FROM or CHECK, got '{}'", words_[at_].text), at_, "");
  }

  // check (EXPRESSION), with or without a blank.
  bool read_check() {
    std::size_t offset = words_[at_].offset;
    std::string text = words_[at_].text.substr(5);
    offset += 5;
    if (text.empty() && at_ + 1 < words_.size()) {
      ++at_;
      text = words_[at_].text;
      offset = words_[at_].offset;
    }
    if (text.size() < 3 || text.front() != '(' || text.back() != ')')
      return report("W0118", "expected a condition in brackets after CHECK", at_, "write it as in 'int not null check (quantity > 0)'");
    ++at_;
    AstPtr predicate = parse_expression(text.substr(1, text.size() - 2), placed_.bytes(offset + 1, text.size() - 2), diagnostics_);
    if (predicate == nullptr) return false;
    checks_.push_back({column_, std::move(predicate)});
    return true;
  }

  bool report(const char* mistake, std::string message, std::size_t word, std::string hint) {
    const Location where =
        word < words_.size() ? placed_.bytes(words_[word].offset, words_[word].text.size()) : placed_.whole();
    diagnostics_.error(Error{ErrorKind::user, std::move(message), where}.as(mistake).with_hint(std::move(hint)));
    return false;
  }

  const Name& column_;
  std::vector<ColumnWord> words_;
  PlacedText placed_;
  Diagnostics& diagnostics_;
  std::vector<CheckSyntax>& checks_;
  std::size_t at_ = 0;
};

}  // namespace

SourceColumn read_column_spec(const Name& column, const std::string& spec, const Location& where, Diagnostics& diagnostics,
                              std::vector<CheckSyntax>& checks) {
  return ColumnReader(column, spec, where, diagnostics, checks).read();
}

}  // namespace weir
