// spilled_keys.cpp — writes pieces, merges neighbours when there are many, looks rows up.
#include "engine/state/spilled_keys.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "engine/state/spilled_pieces.h"

namespace weir {
namespace {

constexpr std::size_t rows_of_bucket = 96;  // about, so that a bucket is less than a page
constexpr int bucket_bits = 32;             // at most

std::uint64_t bucket_of(const SeenRow& row, int bits) { return bits == 0 ? 0 : row.place() >> (64 - bits); }
std::uint64_t entry(std::uint64_t piece, std::uint64_t bucket) { return piece << bucket_bits | bucket; }

}  // namespace

SpilledKeys::Piece SpilledKeys::make_piece(std::size_t rows) {
  const int bits = std::min<int>(bucket_bits, std::bit_width(rows / rows_of_bucket));
  return {next_++, rows, bits, {}, KeyFilter(rows)};
}

/// Takes the rows of a new piece in the order of their places.
class SpilledKeys::Writer {
 public:
  Writer(LocalStore& store, Piece& piece) : store_(store), piece_(piece) {}
  Status add(const SeenRow& row) {
    while (bucket_ != bucket_of(row, piece_.bits)) WEIR_TRY(end_bucket());
    rows_.push_back(row);
    piece_.filter.add(row.place());
    if (!has_any_ || row.after(piece_.latest) > 0) piece_.latest = row;
    has_any_ = true;
    return {};
  }
  // Every bucket is written, also those without rows: the filter may ask for any.
  Status finish() {
    while (bucket_ < std::uint64_t{1} << piece_.bits) WEIR_TRY(end_bucket());
    return {};
  }

 private:
  Status end_bucket() {
    bytes_.clear();
    append_seen(rows_, bytes_);
    rows_.clear();
    return store_.put(entry(piece_.number, bucket_++), bytes_);
  }
  LocalStore& store_;
  Piece& piece_;
  std::uint64_t bucket_ = 0;
  std::vector<SeenRow> rows_;
  std::string bytes_;
  bool has_any_ = false;
};

/// Gives the rows of a piece in the order of their places.
class SpilledKeys::Reader {
 public:
  Reader(LocalStore& store, const Piece& piece) : store_(store), piece_(piece) {}
  /// Null at the end.
  Result<const SeenRow*> next() {
    while (at_ == rows_.size() && bucket_ < std::uint64_t{1} << piece_.bits) {
      WEIR_TRY(store_.get(entry(piece_.number, bucket_++), bytes_));
      rows_.clear();
      at_ = 0;
      WEIR_TRY(read_seen(bytes_, rows_));
      std::sort(rows_.begin(), rows_.end(), [](const SeenRow& a, const SeenRow& b) { return a.place() < b.place(); });
    }
    return at_ == rows_.size() ? nullptr : &rows_[at_++];
  }

 private:
  LocalStore& store_;
  const Piece& piece_;
  std::uint64_t bucket_ = 0;
  std::vector<SeenRow> rows_;
  std::size_t at_ = 0;
  std::string bytes_;
};

Status SpilledKeys::add(std::span<const std::span<const SeenRow>> parts) {
  if (store_ == nullptr) {
    WEIR_ASSIGN(store_, area_->make_store());
  }
  std::size_t count = 0;
  for (const std::span<const SeenRow> rows : parts) count += rows.size();
  Piece piece = make_piece(count);
  Writer writer(*store_, piece);
  for (const std::span<const SeenRow> rows : parts) {
    for (const SeenRow& row : rows) WEIR_TRY(writer.add(row));
  }
  WEIR_TRY(writer.finish());
  pieces_.push_back(std::move(piece));
  area_->count_write(count);
  if (pieces_.size() > most_pieces) WEIR_TRY(merge_two());
  disk_bytes_ = store_->disk_bytes();
  return {};
}

Status SpilledKeys::merge_two() {
  const std::size_t first = smallest_neighbours(pieces_, [](const Piece& piece) { return piece.rows; });
  Piece merged = make_piece(pieces_[first].rows + pieces_[first + 1].rows);
  Writer writer(*store_, merged);
  Reader left(*store_, pieces_[first]), right(*store_, pieces_[first + 1]);
  WEIR_ASSIGN(const SeenRow* a, left.next());
  WEIR_ASSIGN(const SeenRow* b, right.next());
  while (a != nullptr || b != nullptr) {
    const bool is_left = b == nullptr || (a != nullptr && a->place() <= b->place());
    WEIR_TRY(writer.add(is_left ? *a : *b));
    WEIR_ASSIGN((is_left ? a : b), (is_left ? left : right).next());
  }
  WEIR_TRY(writer.finish());
  for (const std::size_t i : {first, first + 1}) drop(pieces_[i]);
  replace_two(pieces_, first, std::move(merged));
  return {};
}

bool SpilledKeys::repeats(const SeenRow& row, std::optional<std::int64_t> within) {
  for (const Piece& piece : pieces_) {
    if (!piece.filter.may_have(row.place())) continue;
    area_->count_read(1);
    if (Status read = store_->get(entry(piece.number, bucket_of(row, piece.bits)), bytes_); !read.ok()) {
      area_->fail(std::move(read).error());
      return false;
    }
    for (std::size_t at = 0; at + sizeof(SeenRow) <= bytes_.size(); at += sizeof(SeenRow)) {
      SeenRow seen;
      std::memcpy(&seen, bytes_.data() + at, sizeof seen);
      if (seen.repeats(row, within)) return true;
    }
  }
  return false;
}

void SpilledKeys::forget_before(const SeenRow& limit) {
  std::erase_if(pieces_, [&](const Piece& piece) {
    if (piece.latest.after(limit) >= 0) return false;
    drop(piece);
    return true;
  });
}

void SpilledKeys::drop(const Piece& piece) {
  Status erased = store_->erase(entry(piece.number, 0), entry(piece.number, (std::uint64_t{1} << bucket_bits) - 1));
  if (!erased.ok()) area_->fail(std::move(erased).error());
}

std::size_t SpilledKeys::size() const {
  std::size_t rows = 0;
  for (const Piece& piece : pieces_) rows += piece.rows;
  return rows;
}

std::size_t SpilledKeys::memory_bytes() const {
  std::size_t bytes = store_ == nullptr ? 0 : store_->memory_bytes();
  for (const Piece& piece : pieces_) bytes += piece.filter.memory_bytes();
  return bytes;
}

}  // namespace weir
