"""queries.py - the results of the Nexmark queries, computed row by row from the generated bids.

Each function takes the events of the kinds that its parameters name (bids, auctions, people: dicts as generated, with "number") and gives the rows of its
table as a list of dicts.
"""
import collections
import datetime
import decimal
import re

EURO = decimal.Decimal("0.908")
RANKS = ((0, 10_000), (10_000, 1_000_000), (1_000_000, 1 << 63))
CHANNELS = {"apple": "0", "google": "1", "facebook": "2", "baidu": "3"}


def time_of(bid, column="dateTime"):
    return datetime.datetime.fromisoformat(bid[column].replace("Z", "+00:00"))


def stamp(time):
    return time.strftime("%Y-%m-%d %H:%M:%S.%fZ")


def day_of(bid):
    return bid["dateTime"][:10]


def picked(bid, *names):
    return {name: stamp(time_of(bid)) if name == "dateTime" else bid[name] for name in names}


def grouped(bids, key):
    groups = collections.defaultdict(list)
    for bid in bids:
        groups[key(bid)].append(bid)
    return groups


def windows_of(time, slide, size):
    """The ends of the windows of `size` seconds, one every `slide` seconds, that hold `time`."""
    end = time.timestamp() // slide * slide + slide
    ends = []
    while end - size <= time.timestamp():
        ends.append(end)
        end += slide
    return ends


def second(timestamp):
    return stamp(datetime.datetime.fromtimestamp(timestamp, datetime.timezone.utc))


def ranked(bids):
    return {f"rank{number}": [bid for bid in bids if low <= bid["price"] < high] for number, (low, high) in enumerate(RANKS, 1)}


def bid_counts(bids):
    return {"total_bids": len(bids)} | {f"{rank}_bids": len(part) for rank, part in ranked(bids).items()}


def distinct_counts(bids):
    return {f"{rank}_{column}s": len({bid[column] for bid in part})
            for rank, part in ({"total": bids} | ranked(bids)).items() for column in ("bidder", "auction")}


def q0(bids):
    return [picked(bid, "number", "auction", "bidder", "price", "dateTime", "extra") for bid in bids]


def q1(bids):
    return [picked(bid, "number", "auction", "bidder", "dateTime", "extra") | {"price": str(EURO * bid["price"])} for bid in bids]


def q2(bids):
    return [picked(bid, "number", "auction", "price") for bid in bids if bid["auction"] % 123 == 0]


def q3(auctions, people):
    local = {person["id"]: person for person in people if person["state"] in ("OR", "ID", "CA")}
    return [picked(local[auction["seller"]], "name", "city", "state") | {"id": auction["id"]}
            for auction in auctions if auction["category"] == 10 and auction["seller"] in local]


def finals(bids, auctions):
    """(auction, its highest bid while it was open), of those that had one."""
    by_auction = grouped(bids, lambda bid: bid["auction"])
    for auction in auctions:
        ends = time_of(auction, "expires")
        prices = [bid["price"] for bid in by_auction.get(auction["id"], []) if time_of(auction) <= time_of(bid) <= ends]
        if prices:
            yield auction, max(prices)


def q4(bids, auctions):
    by_category = collections.defaultdict(list)
    for auction, final in finals(bids, auctions):
        by_category[auction["category"]].append(final)
    return [{"category": category, "avg": sum(prices) // len(prices)} for category, prices in by_category.items()]


def q6(bids, auctions):
    rows, by_seller = [], collections.defaultdict(list)
    for auction, final in sorted(finals(bids, auctions), key=lambda one: (time_of(one[0], "expires"), one[0]["id"])):
        last = by_seller[auction["seller"]] = (by_seller[auction["seller"]] + [final])[-11:]
        rows.append(picked(auction, "seller") | {"auction": auction["id"], "expires": stamp(time_of(auction, "expires")), "avg": sum(last) // len(last)})
    return rows


def q5(bids):
    rows = []
    by_window = collections.defaultdict(collections.Counter)
    for bid in bids:
        for end in windows_of(time_of(bid), 2, 10):
            by_window[end][bid["auction"]] += 1
    for end, counts in by_window.items():
        most = max(counts.values())
        rows += [{"auction": auction, "num": num, "window_start": second(end - 10), "window_end": second(end)}
                 for auction, num in counts.items() if num == most]
    return rows


def q7(bids):
    rows = []
    for end, group in grouped(bids, lambda bid: windows_of(time_of(bid), 10, 10)[0]).items():
        best = min(group, key=lambda bid: (-bid["price"], bid["number"]))
        rows.append(picked(best, "auction", "bidder", "price", "dateTime", "extra") | {"window_end": second(end)})
    return rows


def q8(auctions, people):
    opened = {(auction["seller"], windows_of(time_of(auction), 10, 10)[0]) for auction in auctions}
    return [picked(person, "id", "name") | {"starttime": second(windows_of(time_of(person), 10, 10)[0] - 10)}
            for person in people if (person["id"], windows_of(time_of(person), 10, 10)[0]) in opened]


def q11(bids):
    gap, rows = datetime.timedelta(seconds=10), []
    for bidder, group in grouped(bids, lambda bid: bid["bidder"]).items():
        times = sorted(map(time_of, group))
        first = [0] + [i for i in range(1, len(times)) if times[i] - times[i - 1] > gap]
        for begin, end in zip(first, first[1:] + [len(times)]):
            rows.append({"bidder": bidder, "bid_count": end - begin, "starttime": stamp(times[begin]), "endtime": stamp(times[end - 1] + gap)})
    return rows


def q12(bids):
    groups = grouped(bids, lambda bid: (bid["bidder"], windows_of(time_of(bid), 10, 10)[0]))
    return [{"bidder": bidder, "bid_count": len(group), "starttime": second(end - 10), "endtime": second(end)} for (bidder, end), group in groups.items()]


def q14(bids):
    rows = []
    for bid in bids:
        if not 1_000_000 < EURO * bid["price"] < 50_000_000:
            continue
        hour = time_of(bid).hour
        kind = "dayTime" if 8 <= hour <= 18 else "nightTime" if hour <= 6 or hour >= 20 else "otherTime"
        rows.append(picked(bid, "number", "auction", "bidder", "dateTime", "extra")
                    | {"price": str(EURO * bid["price"]), "bidTimeType": kind, "c_counts": bid["extra"].count("c")})
    return rows


def q15(bids):
    return [{"day": day} | bid_counts(group) | distinct_counts(group) for day, group in grouped(bids, day_of).items()]


def q16(bids):
    return [{"channel": channel, "day": day, "minute": max(bid["dateTime"][11:16] for bid in group)} | bid_counts(group) | distinct_counts(group)
            for (channel, day), group in grouped(bids, lambda bid: (bid["channel"], day_of(bid))).items()]


def q17(bids):
    rows = []
    for (auction, day), group in grouped(bids, lambda bid: (bid["auction"], day_of(bid))).items():
        prices = [bid["price"] for bid in group]
        rows.append({"auction": auction, "day": day} | bid_counts(group)
                    | {"min_price": min(prices), "max_price": max(prices), "avg_price": sum(prices) // len(prices), "sum_price": sum(prices)})
    return rows


def q20(bids, auctions):
    of_category = {auction["id"]: auction for auction in auctions if auction["category"] == 10}
    rows = []
    for bid in bids:
        auction = of_category.get(bid["auction"])
        if auction is not None:
            rows.append(picked(bid, "number", "auction", "bidder", "price", "channel", "url", "dateTime", "extra")
                        | picked(auction, "itemName", "description", "initialBid", "reserve", "seller", "category")
                        | {"auction_dateTime": stamp(time_of(auction)), "expires": stamp(datetime.datetime.fromisoformat(auction["expires"].replace("Z", "+00:00"))),
                           "auction_extra": auction["extra"]})
    return rows


def q21(bids):
    rows = []
    for bid in bids:
        found = re.search(r"(&|^)channel_id=([^&]*)", bid["url"])
        channel = CHANNELS.get(bid["channel"].lower(), found and found.group(2))
        if channel is not None:
            rows.append(picked(bid, "number", "auction", "bidder", "price", "channel") | {"channel_id": channel})
    return rows


def q22(bids):
    rows = []
    for bid in bids:
        parts = bid["url"].split("/")
        rows.append(picked(bid, "number", "auction", "bidder", "price", "channel") | {"dir1": parts[3], "dir2": parts[4], "dir3": parts[5]})
    return rows


QUERIES = {name: function for name, function in list(globals().items()) if re.fullmatch(r"q\d+", name)}
