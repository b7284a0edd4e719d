// recently_compiled.h — remembers what a few texts (patterns, paths) compile to, where they are not literals.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "engine/base/error.h"

namespace weir {

/// The latest few texts of one evaluation. One thread.
template <typename Compiled, Result<Compiled> (*compile)(std::string_view)>
class RecentlyCompiled {
 public:
  const Result<Compiled>& compiled(std::string_view text) {
    for (const Entry& entry : entries_) {
      if (entry.is_used && entry.text == text) return entry.compiled;
    }
    Entry& entry = entries_[next_];
    next_ = (next_ + 1) % entries_.size();
    entry = Entry{std::string(text), compile(text), true};
    return entry.compiled;
  }

 private:
  struct Entry {
    std::string text;
    Result<Compiled> compiled = Compiled();
    bool is_used = false;
  };
  std::array<Entry, 8> entries_;
  std::size_t next_ = 0;
};

}  // namespace weir
