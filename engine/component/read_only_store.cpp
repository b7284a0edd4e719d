// read_only_store.cpp — numbers the parameters of a statement, and finds places in it again.
#include "engine/component/read_only_store.h"

#include <algorithm>

namespace weir {
namespace {

bool is_of_word(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' || (c & 0x80) != 0; }

std::size_t length_of_word(const std::string& sql, std::size_t offset) {
  std::size_t end = offset;
  if (end < sql.size() && (sql[end] == '"' || sql[end] == '\'')) {
    end = std::min(sql.find(sql[offset], offset + 1), sql.size() - 1) + 1;
  } else {
    while (end < sql.size() && is_of_word(sql[end])) ++end;
  }
  return std::max<std::size_t>(end - offset, 1);
}

}  // namespace

const ReadOnlyStore* read_only_store(const StoreDefinition& store) { return dynamic_cast<const ReadOnlyStore*>(&store); }

NumberedStatement::NumberedStatement(const ReadOnlyStatement& statement, char sign) : statement_(statement) {
  std::size_t at = 0;
  for (const ReadOnlyStatement::Placeholder& one : statement.placeholders) {
    sql_.append(statement.sql, at, one.offset - at);
    starts_.push_back(sql_.size());
    sql_ += sign + std::to_string(one.parameter + 1);
    at = one.offset + one.length;
  }
  sql_.append(statement.sql, at);
}

Location NumberedStatement::place(std::size_t offset) const {
  if (!statement_.place) return {};
  if (offset >= sql_.size()) return statement_.place(0, statement_.sql.size());
  const std::size_t before = static_cast<std::size_t>(std::upper_bound(starts_.begin(), starts_.end(), offset) - starts_.begin());
  if (before == 0) return statement_.place(offset, length_of_word(statement_.sql, offset));
  const ReadOnlyStatement::Placeholder& last = statement_.placeholders[before - 1];
  const std::size_t written = 1 + std::to_string(last.parameter + 1).size();
  const std::size_t beyond = offset - starts_[before - 1];
  if (beyond < written) return statement_.place(last.offset, last.length);
  const std::size_t original = last.offset + last.length + beyond - written;
  return statement_.place(original, length_of_word(statement_.sql, original));
}

}  // namespace weir
