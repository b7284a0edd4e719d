// replay.cpp — runs rejected rows again through the pipeline as it is now.
#include "engine/cli/replay.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <tuple>

#include "engine/runtime/epoch.h"
#include "engine/runtime/outlets.h"
#include "engine/runtime/record_part.h"
#include "engine/runtime/stage_runner.h"
#include "engine/runtime/table_keeper.h"

namespace weir {
namespace {

constexpr std::size_t padding = 64;  // readable bytes that must follow every value

/// Rejects of one source that one sink lost, or all of them (`sink` empty).
struct Group {
  std::string source, sink;
  std::vector<const StoredReject*> rejects;
};

std::vector<Group> group(const std::vector<StoredReject>& rejects) {
  std::map<std::pair<std::string, std::string>, Group> groups;
  for (const StoredReject& reject : rejects) {
    Group& one = groups[{reject.row.source, reject.row.sink}];
    one.source = reject.row.source;
    one.sink = reject.row.sink;
    one.rejects.push_back(&reject);
  }
  std::vector<Group> result;
  for (auto& [key, one] : groups) {
    // As they came, so that "first" and "last" of a key mean what they meant.
    std::sort(one.rejects.begin(), one.rejects.end(), [](const StoredReject* a, const StoredReject* b) {
      return std::tie(a->row.split, a->row.offset, a->id) < std::tie(b->row.split, b->row.offset, b->id);
    });
    result.push_back(std::move(one));
  }
  return result;
}

// The stage of the group's source with only the branches that lost the rows. Nothing if the pipeline has none
// any more.
std::optional<Stage> stage_for(const Plan& plan, const Group& group) {
  for (Stage& stage : fuse(plan)) {
    if (std::get<ScanNode>(plan.nodes[stage.scan].operation).source != group.source) continue;
    std::erase_if(stage.branches, [&](const Branch& branch) {
      return !group.sink.empty() && plan.sinks[branch.sink].table.sink != group.sink;
    });
    if (stage.branches.empty()) return std::nullopt;
    return std::move(stage);
  }
  return std::nullopt;
}

const char* copy_bytes(const std::string& bytes, Arena& arena, std::uint32_t& block) {
  auto* copy = static_cast<char*>(arena.allocate(bytes.size() + padding, 1));
  std::memcpy(copy, bytes.data(), bytes.size());
  std::memset(copy + bytes.size(), 0, padding);
  block = static_cast<std::uint32_t>(arena.current_block());
  return copy;
}

// "product_view/0" is a topic and a partition; other sources have splits without a number.
void set_split(RawChunk& chunk, const std::string& split) {
  chunk.split = split;
  const auto slash = split.rfind('/');
  if (slash == std::string::npos) return;
  const auto [end, error] =
      std::from_chars(split.data() + slash + 1, split.data() + split.size(), chunk.partition);
  if (error == std::errc() && end == split.data() + split.size()) chunk.topic = split.substr(0, slash);
}

StagedChunkPtr make_chunk(const std::string& source, const std::string& split,
                          std::span<const StoredReject* const> rejects) {
  auto staged = std::make_unique<StagedChunk>();
  staged->split = std::make_shared<SplitRun>();
  staged->split->source_name = source;
  staged->split->split = split;
  staged->raw = std::make_unique<RawChunk>();
  set_split(*staged->raw, split);
  for (const StoredReject* reject : rejects) {
    Record record;
    record.offset = reject->row.offset;
    record.timestamp = reject->row.timestamp;
    if (reject->row.payload) {
      record.value = copy_bytes(*reject->row.payload, staged->raw->arena, record.value_block);
      record.value_size = static_cast<std::uint32_t>(reject->row.payload->size());
    }
    if (reject->row.key) {
      record.key = copy_bytes(*reject->row.key, staged->raw->arena, record.key_block);
      record.key_size = static_cast<std::uint32_t>(reject->row.key->size());
    }
    staged->raw->records.push_back(record);
  }
  return staged;
}

/// One group, decoded, evaluated and encoded.
struct Staged {
  using Key = std::tuple<std::string, std::int64_t, std::string>;  // split, offset, part
  std::vector<StagedChunkPtr> chunks;
  std::vector<std::int64_t> settled;  // ids
  std::set<Key> staying;              // the others
};

Staged::Key key_of(const RejectedRow& row) { return {row.split, row.offset, row.part}; }

// Calls `visit(block, refused)` with everything that was refused on the way to a branch.
template <typename Visit>
void for_each_refused(const Stage& stage, StagedChunk& chunk, const Visit& visit) {
  std::set<std::size_t> passed;  // blocks on the way to a branch
  for (std::size_t b = 0; b < stage.branches.size(); ++b) {
    visit(stage.branches[b].block, chunk.branches[b].rows.refused);
    for (std::size_t block = stage.branches[b].block; block != 0; block = stage.expansions[block - 1].parent) passed.insert(block);
  }
  for (const std::size_t block : passed) visit(stage.expansions[block - 1].parent, chunk.blocks[block - 1].refused);
}

// Of the rows made of a record, those of one part are tried again; what became of the others is known and booked. The books
// are those of one row read: what it became, or filtered.
void keep_part(const Stage& stage, const std::string& part, StagedChunk& chunk) {
  const auto is_other = [&](std::size_t block, std::uint32_t row) { return !is_part_of(part_of(stage, block, chunk, row).part, part); };
  for_each_refused(stage, chunk, [&](std::size_t block, std::vector<RefusedRecord>& refused) {
    std::erase_if(refused, [&](const RefusedRecord& one) { return is_other(block, one.record); });
  });
  for (MadeBlock& made : chunk.blocks) made.filtered = made.added = 0;
  for (std::size_t b = 0; b < stage.branches.size(); ++b) {
    BranchRows& branch = chunk.branches[b];
    const std::size_t block = stage.branches[b].block;
    std::erase_if(branch.rows.rows, [&](const EncodedRow& row) { return is_other(block, row.record); });
    std::size_t rows = branch.rows.rows.size() + branch.rows.refused.size();
    for (std::size_t at = block; at != 0; at = stage.expansions[at - 1].parent) rows += chunk.blocks[at - 1].refused.size();
    branch.filtered = rows == 0 ? 1 : 0;
    if (block != 0 && rows > 1) chunk.blocks[block - 1].added = static_cast<std::int64_t>(rows) - 1;
  }
}

// Rows that are wrong as before stay where they are.
void settle(const Stage& stage, const Group& group, std::span<const StoredReject* const> rejects, StagedChunk& chunk, Staged& staged) {
  std::vector<bool> stays(rejects.size(), false);
  for (const RejectedRecord& rejected : chunk.rejected) stays[rejected.record] = true;
  if (!group.sink.empty()) {
    for_each_refused(stage, chunk, [&](std::size_t block, const std::vector<RefusedRecord>& refused) {
      for (const RefusedRecord& one : refused) {
        const RecordPart origin = part_of(stage, block, chunk, one.record);
        if (origin.part == rejects[origin.record]->row.part) stays[origin.record] = true;
      }
    });
  }
  for (std::size_t i = 0; i < rejects.size(); ++i) {
    if (stays[i]) {
      staged.staying.insert(key_of(rejects[i]->row));
    } else {
      staged.settled.push_back(rejects[i]->id);
    }
  }
}

// Rejects that can share a chunk: of one split, and of whole records.
bool belong_together(const StoredReject& a, const StoredReject& b) {
  return a.row.split == b.row.split && a.row.part.empty() && b.row.part.empty();
}

Staged stage_group(const Group& group, const StageRunner& runner) {
  Staged staged;
  for (auto from = group.rejects.begin(); from != group.rejects.end();) {
    const auto to =
        std::find_if(from + 1, group.rejects.end(), [&](const StoredReject* one) { return !belong_together(**from, *one); });
    const std::span<const StoredReject* const> rejects(&*from, static_cast<std::size_t>(to - from));
    StagedChunkPtr chunk = make_chunk(group.source, (*from)->row.split, rejects);
    runner.run(*chunk);
    if (!(*from)->row.part.empty()) keep_part(runner.stage(), (*from)->row.part, *chunk);
    settle(runner.stage(), group, rejects, *chunk, staged);
    staged.chunks.push_back(std::move(chunk));
    from = to;
  }
  return staged;
}

// The rows were read and counted as rejected before: the books only move them. What fails as before is stored
// already; what an all-sinks reject loses now in one sink only, or a record in one of its parts, is stored anew.
EpochWrite settle_books(EpochWrite write, const Staged& staged) {
  write.advances.clear();
  write.settled_rejects = staged.settled;
  for (LedgerLine& line : write.ledger) {
    line.rejected -= line.read;
    line.read = 0;
  }
  std::erase_if(write.rejected, [&](const RejectedRow& row) { return staged.staying.count(key_of(row)) != 0; });
  return write;
}

}  // namespace

Result<ReplayReport> replay(const Plan& plan, Store& store, const std::vector<StoredReject>& rejects) {
  WEIR_ASSIGN(const std::vector<std::size_t> order, write_order(plan, plan.sinks.front().connection));
  WEIR_ASSIGN(const auto writer, store.writer(0));
  WEIR_ASSIGN(const auto outlets, Outlets::open(plan));
  WEIR_TRY(read_tables(plan));
  const AllTableKeys keys(plan.sinks.size());  // nothing is known of any key
  ReplayReport total;
  std::int64_t epoch = 0;
  for (const Group& one : group(rejects)) {
    total.tried += static_cast<std::int64_t>(one.rejects.size());
    auto stage = stage_for(plan, one);
    if (!stage) {
      total.rejected_again += static_cast<std::int64_t>(one.rejects.size());
      continue;
    }
    const std::vector<Stage> stages{std::move(*stage)};
    WEIR_ASSIGN(const auto runner, StageRunner::make(plan, stages.front(), store, keys, system_clock()));
    const Staged staged = stage_group(one, *runner);
    total.rejected_again += static_cast<std::int64_t>(one.rejects.size() - staged.settled.size());
    if (staged.settled.empty()) continue;
    EpochAssembler assembler(0, plan, stages, order, keys);
    const EpochWrite write = settle_books(assembler.assemble(++epoch, 0, staged.chunks), staged);
    WEIR_ASSIGN(const EpochReport report, writer->commit(write));
    for (const OutletWrite& rows : assembler.outlets()) {
      total.written += static_cast<std::int64_t>(rows.rows.size());
      WEIR_TRY(outlets->write(rows));
    }
    total.settled += static_cast<std::int64_t>(staged.settled.size());
    for (const LedgerLine& line : write.ledger) {
      total.duplicates += line.duplicates;
      total.filtered += line.filtered;
    }
    for (const TableReport& table : report.tables) {
      total.written += table.written;
      total.duplicates += table.duplicates;
    }
  }
  return total;
}

}  // namespace weir
