// spilled_rows.cpp — writes pieces page by page, merges neighbours when there are many, looks rows up by the first row of each page.
#include "engine/state/spilled_rows.h"

#include <algorithm>
#include <cstring>
#include <optional>

#include "engine/state/spilled_pieces.h"

namespace weir {
namespace {

constexpr std::size_t page_bytes = 3900;  // so that it is a page of the store, too
constexpr int page_bits = 32;

/// In front of the values of each row.
struct Head {
  Hash128 key;
  std::int64_t time;
  std::uint64_t serial;
  std::uint64_t size;
};

std::uint64_t entry(std::uint64_t piece, std::uint64_t page) { return piece << page_bits | page; }
SpilledRows::Place place_of(std::size_t piece, std::size_t row) { return static_cast<SpilledRows::Place>(piece) << 32 | row; }

/// Takes the next row off the bytes of a page; they were written by this process.
WaitingRow take_row(std::string_view& bytes) {
  Head head;
  std::memcpy(&head, bytes.data(), sizeof head);
  const WaitingRow row{head.key, head.time, head.serial, false, bytes.substr(sizeof head, head.size)};
  bytes.remove_prefix(sizeof head + head.size);
  return row;
}

}  // namespace

/// Takes the rows of a new piece in their order.
class SpilledRows::Writer {
 public:
  Writer(LocalStore& store, Piece& piece, bool tells_due) : store_(store), piece_(piece), tells_due_(tells_due) {}
  Status add(const WaitingRow& row) {
    if (!bytes_.empty() && bytes_.size() + sizeof(Head) + row.values.size() > page_bytes) WEIR_TRY(end_page());
    const auto number = static_cast<std::uint32_t>(piece_.is_matched.size());
    if (bytes_.empty()) piece_.pages.push_back({row.key.low, row.time, number});
    if (number == 0 || row.key.low != latest_hash_) piece_.filter.add(row.key.low);
    latest_hash_ = row.key.low;
    piece_.earliest = number == 0 ? row.time : std::min(piece_.earliest, row.time);
    piece_.latest = number == 0 ? row.time : std::max(piece_.latest, row.time);
    piece_.is_matched.push_back(row.is_matched);
    if (tells_due_ && !row.is_matched) piece_.due.push_back({row.time, number});
    const Head head{row.key, row.time, row.serial, row.values.size()};
    bytes_.append(reinterpret_cast<const char*>(&head), sizeof head);
    bytes_ += row.values;
    return {};
  }
  Status finish() {
    if (!bytes_.empty()) WEIR_TRY(end_page());
    std::sort(piece_.due.begin(), piece_.due.end(), [](const Due& a, const Due& b) { return a.time > b.time; });
    piece_.due.shrink_to_fit();
    piece_.pages.shrink_to_fit();
    return {};
  }

 private:
  Status end_page() {
    WEIR_TRY(store_.put(entry(piece_.number, piece_.pages.size() - 1), bytes_));
    bytes_.clear();
    return {};
  }
  LocalStore& store_;
  Piece& piece_;
  const bool tells_due_;
  std::string bytes_;
  std::uint64_t latest_hash_ = 0;
};

/// Gives the rows of a piece in their order.
class SpilledRows::Reader {
 public:
  Reader(const SpilledRows& rows, const Piece& piece) : rows_(rows), piece_(piece) {}
  /// Goes to the next row; the one before is not good any more.
  Status next() {
    row_.reset();
    if (rest_.empty() && page_ < piece_.pages.size()) {
      WEIR_TRY(rows_.load_page(piece_, page_++, bytes_));
      rest_ = bytes_;
    }
    if (rest_.empty()) return {};
    row_ = take_row(rest_);
    row_->is_matched = piece_.is_matched[number_++];
    return {};
  }
  /// Nothing: there are no more.
  const std::optional<WaitingRow>& row() const { return row_; }

 private:
  const SpilledRows& rows_;
  const Piece& piece_;
  std::size_t page_ = 0, number_ = 0;
  std::string bytes_;
  std::string_view rest_;
  std::optional<WaitingRow> row_;
};

Status SpilledRows::load_page(const Piece& piece, std::size_t page, std::string& bytes) const {
  area_->count_read(1);
  return store_->get(entry(piece.number, page), bytes);
}

void SpilledRows::visit_page(std::size_t piece, std::size_t page, const Visit& visit) {
  if (Status loaded = load_page(pieces_[piece], page, bytes_); !loaded.ok()) {
    area_->fail(std::move(loaded).error());
    throw UnreadableState();
  }
  std::size_t number = pieces_[piece].pages[page].first;
  for (std::string_view rest = bytes_; !rest.empty(); ++number) {
    WaitingRow row = take_row(rest);
    row.is_matched = pieces_[piece].is_matched[number];
    visit(place_of(piece, number), row);
  }
}

Status SpilledRows::add(std::size_t count, const std::function<WaitingRow(std::size_t)>& row) {
  if (store_ == nullptr) {
    WEIR_ASSIGN(store_, area_->make_store());
  }
  std::size_t keys = 0;
  for (std::size_t i = 0; i < count; ++i) keys += i == 0 || row(i).key.low != row(i - 1).key.low ? 1 : 0;
  Piece piece = make_piece(keys);
  Writer writer(*store_, piece, tells_due_);
  for (std::size_t i = 0; i < count; ++i) WEIR_TRY(writer.add(row(i)));
  WEIR_TRY(writer.finish());
  pieces_.push_back(std::move(piece));
  area_->count_write(count);
  if (pieces_.size() > most_pieces) WEIR_TRY(merge_two());
  disk_bytes_ = store_->disk_bytes();
  return {};
}

Status SpilledRows::merge_two() {
  const std::size_t first = smallest_neighbours(pieces_, [](const Piece& piece) { return piece.is_matched.size(); });
  Piece merged = make_piece(pieces_[first].keys + pieces_[first + 1].keys);
  Writer writer(*store_, merged, tells_due_);
  Reader left(*this, pieces_[first]), right(*this, pieces_[first + 1]);
  WEIR_TRY(left.next());
  WEIR_TRY(right.next());
  while (left.row() || right.row()) {
    const bool is_left = !right.row() || (left.row() && !precedes(*right.row(), *left.row()));
    Reader& from = is_left ? left : right;
    if (!has_forgotten_ || from.row()->time >= forgotten_) WEIR_TRY(writer.add(*from.row()));
    WEIR_TRY(from.next());
  }
  WEIR_TRY(writer.finish());
  for (const std::size_t i : {first, first + 1}) drop(pieces_[i]);
  replace_two(pieces_, first, std::move(merged));
  return {};
}

bool SpilledRows::may_have(const Hash128& key, std::int64_t first, std::int64_t last) const {
  return std::any_of(pieces_.begin(), pieces_.end(),
                     [&](const Piece& piece) { return piece.earliest <= last && piece.latest >= first && piece.filter.may_have(key.low); });
}

void SpilledRows::find(const Hash128& key, std::int64_t first, std::int64_t last, const Visit& visit) {
  const auto is_before = [&](const Page& page, std::int64_t time) { return page.hash != key.low ? page.hash < key.low : page.time < time; };
  for (std::size_t p = 0; p < pieces_.size(); ++p) {
    const Piece& piece = pieces_[p];
    if (piece.earliest > last || piece.latest < first || !piece.filter.may_have(key.low)) continue;
    const auto found = std::lower_bound(piece.pages.begin(), piece.pages.end(), first, is_before);
    // The page before may end with the first of them.
    auto page = static_cast<std::size_t>(found - piece.pages.begin());
    if (page > 0) --page;
    for (; page < piece.pages.size(); ++page) {
      if (piece.pages[page].hash > key.low || (piece.pages[page].hash == key.low && piece.pages[page].time > last)) break;
      visit_page(p, page, [&](Place place, const WaitingRow& row) {
        if (row.key == key && row.time >= first && row.time <= last) visit(place, row);
      });
    }
  }
}

bool SpilledRows::set_matched(Place place) {
  auto matched = pieces_[place >> 32].is_matched.begin() + static_cast<std::ptrdiff_t>(place & 0xffffffffu);
  if (*matched) return false;
  *matched = true;
  return true;
}

void SpilledRows::set_matched(std::span<const std::uint64_t> serials) {
  for (std::size_t p = 0; p < pieces_.size() && !serials.empty(); ++p) {
    for (std::size_t page = 0; page < pieces_[p].pages.size(); ++page) {
      visit_page(p, page, [&](Place place, const WaitingRow& row) {
        if (std::binary_search(serials.begin(), serials.end(), row.serial)) set_matched(place);
      });
    }
  }
}

void SpilledRows::forget_before(std::int64_t time, const Visit& visit) {
  if (has_forgotten_ && time <= forgotten_) return;
  forgotten_ = time;
  has_forgotten_ = true;
  for (std::size_t p = 0; p < pieces_.size(); ++p) {
    Piece& piece = pieces_[p];
    std::vector<std::uint32_t> due;
    for (; !piece.due.empty() && piece.due.back().time < time; piece.due.pop_back()) {
      if (!piece.is_matched[piece.due.back().row]) due.push_back(piece.due.back().row);
    }
    std::sort(due.begin(), due.end());  // those of one page are read together
    for (std::size_t i = 0, end = 0; i < due.size(); i = end) {
      const auto next = std::upper_bound(piece.pages.begin(), piece.pages.end(), due[i], [](std::uint32_t row, const Page& page) { return row < page.first; });
      while (end < due.size() && (next == piece.pages.end() || due[end] < next->first)) ++end;
      visit_page(p, static_cast<std::size_t>(next - piece.pages.begin()) - 1, [&](Place place, const WaitingRow& row) {
        if (!std::binary_search(due.begin() + static_cast<std::ptrdiff_t>(i), due.begin() + static_cast<std::ptrdiff_t>(end), static_cast<std::uint32_t>(place))) return;
        set_matched(place);
        visit(place, row);
      });
    }
  }
  std::erase_if(pieces_, [&](const Piece& piece) {
    if (piece.latest >= time) return false;
    drop(piece);
    return true;
  });
}

void SpilledRows::for_each_unmatched(const Visit& visit) {
  for (std::size_t p = 0; p < pieces_.size(); ++p) {
    for (std::size_t page = 0; page < pieces_[p].pages.size(); ++page) {
      visit_page(p, page, [&](Place place, const WaitingRow& row) {
        if (!row.is_matched && (!has_forgotten_ || row.time >= forgotten_)) visit(place, row);
      });
    }
  }
}

std::size_t SpilledRows::unmatched_count() const {
  std::size_t count = 0;
  for (const Piece& piece : pieces_) count += static_cast<std::size_t>(std::count(piece.is_matched.begin(), piece.is_matched.end(), false));
  return count;
}

void SpilledRows::drop(const Piece& piece) {
  Status erased = store_->erase(entry(piece.number, 0), entry(piece.number, (std::uint64_t{1} << page_bits) - 1));
  if (!erased.ok()) area_->fail(std::move(erased).error());
}

std::size_t SpilledRows::size() const {
  std::size_t rows = 0;
  for (const Piece& piece : pieces_) rows += piece.is_matched.size();
  return rows;
}

std::size_t SpilledRows::memory_bytes() const {
  std::size_t bytes = store_ == nullptr ? 0 : store_->memory_bytes();
  for (const Piece& piece : pieces_) {
    bytes += piece.filter.memory_bytes() + piece.pages.capacity() * sizeof(Page) + piece.is_matched.capacity() / 8 + piece.due.capacity() * sizeof(Due);
  }
  return bytes;
}

}  // namespace weir
