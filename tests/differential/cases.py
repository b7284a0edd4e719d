"""cases.py - what is compared: for each table its columns and the expressions over them.

An expression is a text that both understand, or (Weir's, Spark's) where they spell it differently. `function` in differences.yaml is Weir's spelling.
"""
import re

from inputs import BIGINTS, FORMATTED_NUMBERS, JSON_TEXTS, NUMBER_TEXTS, TIME_TEXTS, URL_TEXTS

STRING_CASES = """
ascii(s)  bit_length(s)  octet_length(s)  length(s)  char_length(s)  lower(s)  upper(s)  initcap(s)  trim(s)  ltrim(s)  rtrim(s)  btrim(s)  reverse(s)
btrim(s, t)  soundex(s)  md5(s)  sha1(s)  sha2(s, 224)  sha2(s, 256)  sha2(s, 384)  sha2(s, 512)  sha2(s, 0)  crc32(s)  hash(s)  xxhash64(s)  hash(s, t, n)
xxhash64(s, t, n)  hex(s)  unhex(s)  unhex(u)  s || t  concat(s, t)  concat(s, t, u)  concat_ws(',', s, t)  concat_ws(s, t, u)  contains(s, t)
startswith(s, t)  endswith(s, t)  instr(s, t)  locate(t, s)  locate(t, s, n)  position(t, s)  left(s, n)  right(s, n)  substring(s, n)  substring(s, n, m)
substring(s, -3, 2)  substr(s, 2)  lpad(s, n, t)  rpad(s, n, t)  lpad(s, 5)  rpad(s, 5)  lpad(s, 8, 'xy')  repeat(s, m)  replace(s, t)  replace(s, t, u)
replace(s, 'a', 'bb')  translate(s, t, 'ab')  translate(s, 'abc', 'xy')  overlay(s, t, 2)  overlay(s, t, n, m)  split_part(s, ',', 1)  split_part(s, ',', -1)
split_part(s, 'a', 2)  substring_index(s, ',', 1)  substring_index(s, '.', -2)  substring_index(s, t, n)  find_in_set(s, 'a,b,abc')  find_in_set(s, t)
levenshtein(s, t)  levenshtein(s, t, 3)  luhn_check(s)  base64(s)  url_encode(s)  s = t  s <> t  s < t  s <= t  s > t  s >= t  s <=> t  s in ('a', 'abc', t)
s between t and u  s like t  s like 'a%'  s like '%l_o%'  s like '%'  s rlike '^[a-c]+$'  s rlike '[0-9]'  s not like '%a%'  greatest(s, t, u)  least(s, t, u)
coalesce(s, t)  nullif(s, t)  ifnull(s, t)  nvl(s, 'x')  nvl2(s, t, u)  if(s = t, s, u)  equal_null(s, t)  isnull(s)  isnotnull(s)  s is null
case when s < t then s else t end  case s when 'a' then 1 when t then 2 end  regexp_extract(s, '([a-z]+)')  regexp_extract(s, '([a-z])([a-z]*)', 2)
regexp_extract(s, '\\d+', 0)  regexp_replace(s, '[aeiou]', '*')  regexp_replace(s, '(\\w)(\\w)', '$2$1')  regexp_replace(s, '\\s+', '')
regexp_replace(s, 'a*', '-')  regexp_count(s, 'a')  regexp_count(s, '[a-z]+')  regexp_instr(s, '[0-9]+')  regexp_substr(s, '[a-z]+')  space(n)

lcase(s)  ucase(s)  sha(s)  char(n)  chr(n)  format_string('%s|%5s|%-8s|%.2s', s, t, u, s)  format_string('%2$s %1$s %% %3$d', s, t, n)  printf('%s', s)
mask(s)  mask(s, 'Q', NULL, '#', '.')  mask(s, NULL, NULL, NULL, NULL)  to_binary(s, 'utf-8')  try_to_binary(s)  try_to_binary(s, 'hex')  try_to_binary(s, 'base64')  try_to_binary(t, 'base64')
encode(s, 'utf-8')  encode(s, 'US-ASCII')  encode(s, 'ISO-8859-1')  encode(s, 'UTF-16')  encode(s, 'UTF-16BE')  encode(s, 'UTF-16LE')  elt(n, s, t, u)  elt(m, s, t, u)  regexp_like(s, '[a-c]+')
ilike(s, t)  s ILIKE 'A%'  s NOT ILIKE t  ilike(s, '%L_O%')  regexp_like(s, '^\\w+$')  trim(s, t)  ltrim(s, t)  rtrim(s, t)  ltrim(s, 'ab ')
"""

CAST_TEXT_CASES = """
CAST(s AS int)  CAST(s AS bigint)  CAST(s AS double)  CAST(s AS boolean)  CAST(s AS decimal(10,2))  CAST(s AS decimal(38,0))  CAST(s AS decimal(38,18))
TRY_CAST(s AS int)  TRY_CAST(s AS bigint)  TRY_CAST(s AS double)  TRY_CAST(s AS boolean)  TRY_CAST(s AS decimal(10,2))  conv(s, 10, 16)  conv(s, 16, 10)
conv(s, 10, -2)  conv(s, 36, 10)  hex(s)
"""

INTEGER_CASES = """
a + b  a - b  a * b  a / b  a % b  -a  x + y  x - y  x * y  x / y  x % y  -x  a + x  a * x  abs(a)  abs(x)  sign(a)  sign(x)  pmod(a, b)  pmod(x, n)  mod(a, b)  mod(x, y)
a = b  a < b  a <= x  x <> y  a <=> b  a in (1, 2, b)  x between a and b  greatest(a, b)  greatest(a, x)  least(x, y)  bin(a)  bin(x)  hex(a)  hex(x)
conv(x, 10, 16)  bit_count(a)  bit_count(x)  shiftleft(a, n)  shiftright(a, n)  shiftrightunsigned(a, n)  shiftleft(x, n)  shiftright(x, n)  shiftrightunsigned(x, n)
factorial(a)  round(a)  round(a, -1)  round(a, -3)  bround(a, -1)  round(x, -2)  bround(x, -2)  floor(a)  ceil(x)
round(a, -9)  round(x, -18)  sqrt(a)  ln(a)  power(a, b)  chr(a)  hash(a)  hash(x)  xxhash64(a)  xxhash64(x)  hash(a, x)  CAST(a AS string)  CAST(x AS string)
CAST(a AS bigint)  CAST(x AS int)  CAST(a AS double)  CAST(x AS double)  CAST(a AS decimal(10,2))  CAST(x AS decimal(38,10))  CAST(x AS decimal(5,0))
CAST(a AS boolean)  CAST(x AS boolean)  CAST(a AS timestamp)  TRY_CAST(x AS int)  timestamp_seconds(a)  timestamp_millis(a)  timestamp_micros(x)  date_from_unix_date(n)
from_unixtime(a)  make_date(a, n, n)  make_date(2024, n, b)  width_bucket(a, 0, 100, 10)  format_number(a, 2)  format_number(x, 0)  isnull(a)  coalesce(a, b)
nullif(a, b)  nvl2(a, b, n)  a is not null  if(a < b, a, b)  case when a > b then x else y end
equal_null(a, b)  hypot(a, b)  space(n)  mod(a, n)  try_add(a, b)  try_add(x, y)  try_add(a, x)  try_subtract(a, b)  try_subtract(x, y)  try_multiply(a, b)  try_multiply(x, y)
try_divide(a, b)  try_divide(x, y)  format_string('%d|%,d|%05d|%+d|% d|%(d|%-9d|%12d', a, x, a, x, a, x, a, a)  format_string('%x|%X|%o|%#x|%08x|%#o', a, x, x, a, a, a)
format_string('%s %b %c', x, a, 8364)  bit_get(a, 3)  getbit(x, 40)  a & b  x | y  a ^ x  ~a  a | b & 3 ^ a % 5  a = b & 7  string(x)  double(a)  boolean(a)  a DIV b  x DIV y  positive(a)  negative(x)  positive(x)
floor(a, -1)  ceil(a, -2)  floor(x, -2)  ceil(x, -1)  floor(a, 2)  to_char(a, '9999')  to_char(a, '000,000MI')  to_char(x, 'S99G999G999')
"""

DOUBLE_CASES = """
d + e  d - e  d * e  d / e  d % e  -d  d = e  d < e  d >= e  d <=> e  d <> e  abs(d)  sign(d)  signum(d)  pmod(d, e)  sqrt(d)  cbrt(d)  exp(d)  expm1(d)  ln(d)  log(d)  log(d, e)
log10(d)  log1p(d)  log2(d)  sin(d)  cos(d)  tan(d)  asin(d)  acos(d)  atan(d)  atan2(d, e)  sec(d)  csc(d)  cot(d)  sinh(d)  cosh(d)  tanh(d)
asinh(d)  acosh(d)  atanh(d)  format_string('%f|%.2f|%.0f|%12.3f|%-12.1f|%+.1f|%,.2f|%(.1f|%012.2f', d, d, d, d, d, d, d, d, d)
format_string('%e|%.3e|%E|%.0e', d, d, d, d)  format_string('%g|%.3g|%.0g', d, d, d)  format_string('%s', d)  positive(d)  negative(d)  try_add(d, e)  try_divide(d, e)  try_multiply(d, e)  try_subtract(d, e)
degrees(d)  radians(d)  power(d, e)  pow(d, 2)  hypot(d, e)  rint(d)  floor(d)  ceil(d)  ceiling(d)  round(d)  round(d, 1)  round(d, 2)  round(d, -2)  bround(d)  bround(d, 1)
isnan(d)  nanvl(d, e)  greatest(d, e)  least(d, e)  nullif(d, e)  coalesce(d, e)  d in (0.0, e)  d between e and 5  hash(d)  xxhash64(d)  CAST(d AS string)  CAST(d AS int)  CAST(d AS bigint)
CAST(d AS boolean)  CAST(d AS decimal(10,2))  CAST(d AS decimal(38,10))  CAST(d AS timestamp)  TRY_CAST(d AS int)  format_number(d, 2)  format_number(d, 0)  width_bucket(d, 0, 10, 5)
width_bucket(d, 10, 0, 5)  timestamp_seconds(d)  d is null  if(d > e, d, e)  e()  pi()  concat(d, '')
"""

DECIMAL_CASES = """
p + q  p - q  p * q  p / q  p % q  -p  p + p  p * p  p / p  q + q  q * q  q / q  q % p  r + r  r * r  r / p  u * u  u / u  p + n  p * n  p / n  p * 1.5  p = q  p < q  q <=> r  q >= u  abs(p)  abs(q)
sign(p)  pmod(p, q)  pmod(p, p)  round(p)  round(p, 1)  round(p, -2)  bround(p)  bround(p, 1)  bround(q, 3)  round(q, 4)  round(r, -3)  floor(p)  ceil(p)  floor(q)  ceil(u)
greatest(p, q)  least(p, u)  p in (0, 1.50, u)  CAST(p AS string)  CAST(q AS string)  CAST(u AS string)  CAST(r AS string)  CAST(p AS int)  CAST(r AS int)  CAST(r AS bigint)  CAST(q AS double)  CAST(u AS double)
CAST(p AS decimal(5,1))  CAST(q AS decimal(20,2))  CAST(r AS decimal(38,1))  CAST(p AS boolean)  TRY_CAST(r AS bigint)  hash(p)  xxhash64(p)  hash(r)  xxhash64(r)  hash(u)  sqrt(p)  power(p, 2)  format_number(p, 1)
format_number(q, 4)  timestamp_seconds(p)  try_add(p, q)  try_add(r, r)  try_subtract(p, q)  try_multiply(p, q)  try_multiply(r, r)
try_divide(p, q)  try_divide(q, p)  floor(p, 1)  ceil(p, 1)  floor(p, -1)  ceil(p, -2)  floor(q, 3)  ceil(q, 12)  floor(r, -3)  ceil(u, 2)
to_char(p, '99999.99')  to_char(p, '00000D00')  to_char(p, 'S$99,999,999.99')  to_char(p, '99G999G999D99S')  to_char(p, 'MI0,000.00')  to_char(p, '$9,999,990.00PR')  to_char(u, '.99999')
to_char(q, '9.9')  to_char(q, '000,000,000,000,000,000,000,000.0000000000')  to_varchar(p, '9999999999.999MI')  coalesce(p, q)  nullif(p, q)  if(p < q, p, q)  p between u and q  mod(p, q)  CAST(p AS timestamp)
"""

TIME_CASES = """
year(ts)  month(ts)  day(ts)  hour(ts)  minute(ts)  second(ts)  quarter(ts)  dayofweek(ts)  weekday(ts)  dayofyear(ts)  weekofyear(ts)  year(d1)  month(d1)  quarter(d1)  weekofyear(d1)  dayofmonth(d1)
dayofweek(d1)  weekday(d1)  dayofyear(d1)  date_part('year', ts)  date_part('yearofweek', d1)  date_part('seconds', ts)  date_part('week', ts)  date_part('dow', ts)  date_part('doy', ts)
extract(year from ts)  extract(second from ts)  add_months(d1, n)  date_add(d1, n)  date_sub(d1, n)  datediff(d1, d2)  datediff(ts, us)  last_day(d1)  next_day(d1, 'Mon')  next_day(d1, 'sunday')  months_between(ts, us)
trunc(d1, 'year')  trunc(d1, 'month')  trunc(d1, 'week')  trunc(d1, 'quarter')  date_trunc('year', ts)  date_trunc('quarter', ts)  date_trunc('month', ts)  date_trunc('week', ts)
date_trunc('day', ts)  date_trunc('hour', ts)  date_trunc('minute', ts)  date_trunc('second', ts)  date_trunc('millisecond', ts)  unix_seconds(ts)  unix_millis(ts)  unix_micros(ts)  unix_date(d1)
unix_timestamp(ts)  to_unix_timestamp(ts)  CAST(ts AS string)  CAST(d1 AS string)  CAST(ts AS date)  CAST(d1 AS timestamp)  CAST(ts AS bigint)  CAST(ts AS double)  CAST(ts AS int)  date_format(ts, 'yyyy-MM-dd HH:mm:ss.SSS')
date_format(ts, 'EEE, d MMM yyyy')  date_format(ts, 'EEEE MMMM D')  date_format(ts, 'hh:mm a')  date_format(ts, 'yy/M/d H:m:s')  date_format(d1, 'yyyyMMdd')  date_format(ts, 'Q')  date_format(ts, 'QQQ')
date_format(ts, 'yyyy-MM-dd''T''HH:mm:ssXXX')  date_format(ts, 'SSSSSS')  ts = us  ts < us  d1 < d2  d1 <=> d2  ts > d1  greatest(ts, us)  least(d1, d2)  ts - us  d1 - d2  d1 + 1  d1 - 1  d1 + n
ts + INTERVAL '1' DAY  ts - INTERVAL '1' HOUR  d1 + INTERVAL '1' MONTH  ts + INTERVAL '1' MONTH  ts between us and us  hash(ts)  xxhash64(ts)  hash(d1)  xxhash64(d1)  dayname(ts)  monthname(ts)
make_timestamp(year(d1), month(d1), n, n, n, 1.5)  make_timestamp(year(d1), 2, 29, 1, 2, 59.999999)  make_date(year(d1), 2, 29)  coalesce(ts, us)  nullif(d1, d2)  date_diff(d1, d2)  dateadd(d1, n)
from_utc_timestamp(ts, z)  to_utc_timestamp(ts, z)  from_utc_timestamp(ts, 'America/New_York')  to_utc_timestamp(ts, 'America/New_York')  from_utc_timestamp(ts, 'Europe/Berlin')
to_utc_timestamp(ts, 'Europe/Berlin')  to_utc_timestamp(ts, 'Asia/Kathmandu')  from_utc_timestamp(d1, 'Asia/Tokyo')  convert_timezone('Europe/London', 'Australia/Lord_Howe', ts)
convert_timezone('America/Sao_Paulo', ts)  make_timestamp(2024, 3, 31, 2, n, 0, 'Europe/Berlin')  make_timestamp(2024, 10, 27, 2, n, 0.25, 'Europe/Berlin')
make_timestamp(greatest(year(d1), 2), month(d1), 1, 12, 0, 0, z)
timestampadd('YEAR', n, ts)  timestampadd('QUARTER', n, ts)  timestampadd('MONTH', n, ts)  timestampadd('WEEK', n, ts)  timestampadd('DAY', n, ts)  timestampadd('HOUR', n, ts)  timestampadd('MINUTE', n, ts)
timestampadd('SECOND', n, ts)  timestampadd('MILLISECOND', n, ts)  timestampadd('MICROSECOND', n, ts)  dateadd('MONTH', n, ts)  date_add('DAY', n, d1)  timestampdiff('YEAR', ts, us)  timestampdiff('QUARTER', ts, us)
timestampdiff('MONTH', ts, us)  timestampdiff('WEEK', ts, us)  timestampdiff('DAY', ts, us)  timestampdiff('HOUR', ts, us)  timestampdiff('MINUTE', ts, us)  timestampdiff('SECOND', ts, us)
timestampdiff('MILLISECOND', ts, us)  timestampdiff('MICROSECOND', ts, us)  datediff('MONTH', d1, d2)  date_diff('DAY', d1, us)  CAST(make_interval(n, n, n, n, n, n, 1.5) AS string)  CAST(make_interval(n) AS string)
date(ts)  timestamp(d1)  string(ts)  bigint(ts)  extract(yearofweek from ts)  extract(dayofweek_iso from d1)  ts + make_interval(0, n, 0, n, n)  to_timestamp(concat(date_format(ts, 'yyyy-MM-dd HH:mm:ss'), ' Europe/Berlin'), 'yyyy-MM-dd HH:mm:ss VV')
to_timestamp(concat(date_format(ts, 'yyyy-MM-dd HH:mm:ss'), 'America/New_York'), 'yyyy-MM-dd HH:mm:ssVV')
"""

TIME_TEXT_CASES = """
CAST(s AS date)  CAST(s AS timestamp)  TRY_CAST(s AS date)  TRY_CAST(s AS timestamp)  to_date(s)  to_timestamp(s)  to_date(s, 'yyyy-MM-dd')  to_timestamp(s, 'yyyy-MM-dd HH:mm:ss')  to_date(s, 'yyyy-M-d')
unix_timestamp(s)  unix_timestamp(s, 'yyyy-MM-dd')  to_date(s, 'yyyyMMdd')  to_date(s, 'yyyy/MM/dd')
"""

NUMBER_FORMAT_CASES = """
try_to_number(s, '999')  try_to_number(s, '9,999')  try_to_number(s, '0,999.99')  try_to_number(s, 'S999.99')  try_to_number(s, 'MI9999')  try_to_number(s, '999D9MI')  try_to_number(s, '$9,999.99')
try_to_number(s, '999PR')  try_to_number(s, '$999.9PR')  try_to_number(s, '99G999S')  try_to_number(s, '000')  try_to_number(s, 'S$999,999.99')
"""

JSON_CASES = """
get_json_object(s, '$')  get_json_object(s, '$.a')  get_json_object(s, '$.a.b')  get_json_object(s, '$.a[0]')  get_json_object(s, '$.a[1]')  get_json_object(s, '$[0]')  get_json_object(s, '$[1].a')
get_json_object(s, '$.a b')  get_json_object(s, '$[*]')  get_json_object(s, '$.a[*]')  get_json_object(s, '$.a[*].b')  get_json_object(s, '$[*].a')  
get_json_object(s, '$[*][*]')  get_json_object(s, '$.a[*][*]')  get_json_object(s, '$.a[0][*]')  get_json_object(s, '$[0][*]')  
get_json_object(s, '$.a[*].b[*]')  get_json_object(s, '$.a[*].b[0]')  get_json_object(s, '$.a[*].b[*].c')  get_json_object(s, '$[*][0]')
get_json_object(s, '$.a.b.c[1]')  json_array_length(s)  get_json_object(s, '$.b[0]')
"""

URL_CASES = """
parse_url(s, 'HOST')  parse_url(s, 'PATH')  parse_url(s, 'QUERY')  parse_url(s, 'REF')  parse_url(s, 'PROTOCOL')  parse_url(s, 'FILE')  parse_url(s, 'AUTHORITY')  parse_url(s, 'USERINFO')  parse_url(s, 'QUERY', 'k')
parse_url(s, 'QUERY', 'a')  url_encode(s)  url_decode(s)
"""

BYTES_CASES = """
hex(v)  length(v)  octet_length(v)  bit_length(v)  md5(v)  sha1(v)  sha2(v, 256)  crc32(v)  base64(v)  unbase64(base64(v))  hash(v)  xxhash64(v)  v = w  v < w  concat(v, w)  v || w  substring(v, 2, 3)  unhex(hex(v))
decode(v, 'utf-8')  decode(v, 'US-ASCII')  decode(v, 'ISO-8859-1')  decode(v, 'UTF-16')  decode(v, 'UTF-16BE')  decode(v, 'UTF-16LE')  lpad(v, 5)  rpad(v, 5)  lpad(v, 12, w)  rpad(v, 12, w)
encode(decode(v, 'ISO-8859-1'), 'ISO-8859-1')  greatest(v, w)  coalesce(v, w)  CAST(hex(v) AS bytes)
"""

LOGIC_CASES = """
f and g  f or g  not f  f = g  f <=> g  f < g  f and g or h  if(f, 1, 2)  case when f then 'f' when g then 'g' else 'n' end  coalesce(f, g, h)  nullif(f, g)  CAST(f AS int)  CAST(f AS string)  CAST(f AS double)
f in (g, h)  hash(f)  xxhash64(f)  equal_null(f, g)  isnull(f)  greatest(f, g)  nvl2(f, 1, 2)  f is true  f is not false
"""

SPELT_OTHERWISE = {
    "trim(s, t)": "btrim(s, t)", "ltrim(s, t)": "ltrim(t, s)", "rtrim(s, t)": "rtrim(t, s)", "ltrim(s, 'ab ')": "ltrim('ab ', s)",
    "CAST(hex(v) AS bytes)": "CAST(hex(v) AS binary)", "dayname(ts)": "date_format(ts, 'EEE')", "monthname(ts)": "date_format(ts, 'MMM')",
    "date_format(ts, 'yyyy-MM-dd''T''HH:mm:ssXXX')": "date_format(ts, \"yyyy-MM-dd'T'HH:mm:ssXXX\")",
}


def spelt_by_spark(expression):
    """Units of dates are names there, no texts."""
    return SPELT_OTHERWISE.get(expression) or re.sub(r"\b(timestampadd|timestampdiff|dateadd|date_add|datediff|date_diff)\('(\w+)'", r"\1(\2", expression)


def split(text):
    """Expressions stand two blanks apart."""
    parts = [part.strip() for line in text.strip().splitlines() for part in line.strip().split("  ")]
    parts = [part.replace("\\\\", "\\") for part in parts if part]
    return [(part, spelt_by_spark(part)) for part in dict.fromkeys(parts)]


ZONES = ["UTC", "Europe/London", "America/Sao_Paulo", "Asia/Kathmandu", "+01:00", "-03:30", "GMT+2", "Z", "EST", "Africa/Monrovia", "America/St_Johns", "UTC+3", "PST", "Pacific/Apia", "Antarctica/Troll"]
SMALL = [0, 1, 2, 3, 5, 8, -1, -2, -5, 12, 28, 29, 30, 31, 59, 60, 100]
TABLES = [
    ("strings", [("s", "string", None), ("t", "string", ["a", "b", "", ",", "lo", "A", " ", "\u00fc", "%", "a%", "_", "hello", "xyz", "abc"]),
                 ("u", "string", None), ("n", "int", SMALL), ("m", "int", [0, 1, 2, 3, -1, 4])], split(STRING_CASES)),
    ("texts of numbers", [("s", "string", NUMBER_TEXTS)], split(CAST_TEXT_CASES)),
    ("integers", [("a", "int", None), ("b", "int", None), ("x", "bigint", BIGINTS), ("y", "bigint", None), ("n", "int", SMALL)], split(INTEGER_CASES)),
    ("doubles", [("d", "double", None), ("e", "double", None)], split(DOUBLE_CASES)),
    ("decimals", [("p", "decimal(10,2)", None), ("q", "decimal(38,10)", None), ("r", "decimal(38,0)", None), ("u", "decimal(5,5)", None), ("n", "int", SMALL)], split(DECIMAL_CASES)),
    ("times", [("ts", "timestamp", None), ("us", "timestamp", None), ("d1", "date", None), ("d2", "date", None), ("n", "int", SMALL), ("z", "string", ZONES)], split(TIME_CASES)),
    ("texts of times", [("s", "string", TIME_TEXTS)], split(TIME_TEXT_CASES)),
    ("numbers in formats", [("s", "string", FORMATTED_NUMBERS)], split(NUMBER_FORMAT_CASES)),
    ("json", [("s", "string", JSON_TEXTS)], split(JSON_CASES)),
    ("urls", [("s", "string", URL_TEXTS)], split(URL_CASES)),
    ("bytes", [("v", "bytes", None), ("w", "bytes", None)], split(BYTES_CASES)),
    ("booleans", [("f", "boolean", None), ("g", "boolean", None), ("h", "boolean", None)], split(LOGIC_CASES)),
]

AGGREGATE_CASES = """
count(*)  count(i)  count(i, l)  count(DISTINCT i)  count(DISTINCT i, s)  count_if(i > 3)  sum(i)  sum(l)  sum(d)  sum(n)  sum(DISTINCT i)  sum(m)  avg(i)  avg(l)  avg(d)  avg(n)  avg(m)  avg(DISTINCT i)  min(i)
max(l)  min(d)  max(d)  min(n)  max(n)  min(s)  max(s)  min(f)  max(f)  min(t)  max(t)  min(v)  max(v)  bool_and(f)  bool_or(f)  every(f)  some(f)  bit_and(i)  bit_or(l)  bit_xor(i)  stddev(i)  stddev_samp(d)
stddev_pop(i)  variance(d)  var_samp(i)  var_pop(d)  var_pop(n)  covar_samp(i, d)  covar_pop(d, e)  corr(d, e)  corr(i, l)  skewness(i)  skewness(d)  kurtosis(i)  kurtosis(d)  max_by(i, k)  min_by(i, k)  max_by(s, k)  min_by(l, k)
first(s)  last(s)  first(s, true)  last(i, true)  percentile(i, 0.5)  percentile(d, 0.25)  percentile(d, 1.0)  median(i)  median(d)  percentile_approx(d, 0.5)  percentile_approx(d, 0.9)  approx_count_distinct(i)  mode(g)
"""

#: Rows of groups; numbers of moderate size, since Spark's sums of doubles round at every step.
AGGREGATE_TABLE = [("group_", "int", None), ("k", "int", None), ("i", "int", list(range(-5, 20))), ("l", "bigint", [*range(-50, 50, 7), 10**12, -10**15]),
                   ("d", "double", [x / 8 for x in range(-300, 300, 17)]), ("e", "double", [0.1, 2.5, -3.75, 8.0, 1e6, 0.3]), ("n", "decimal(12,3)", None),
                   ("m", "decimal(38,10)", [10**20, -5, 10**37, 99999, 123456789012345678901234567890]), ("s", "string", None), ("f", "boolean", None), ("t", "timestamp", None),
                   ("v", "date", None), ("g", "int", [1])]
