// answers_test.cpp — the edges of functions that their examples don't show, as Spark 3.5 answers them.
#include <gtest/gtest.h>

#include "evaluation.h"

namespace weir::test {
namespace {

TEST(TextFunctions, CountCharactersAndNotBytes) {
  check({{"length('日本語')", "3"},
         {"length('')", "0"},
         {"octet_length('日本語')", "9"},
         {"substring('日本語', 2)", "本語"},
         {"substring('日本語', -2, 1)", "本"},
         {"left('日本語', 2)", "日本"},
         {"right('日本語', 2)", "本語"},
         {"reverse('日本語😀')", "😀語本日"},
         {"instr('日本語', '語')", "3"},
         {"locate('語', '日本語', 4)", "0"},
         {"lpad('語', 3, '日本')", "日本語"},
         {"rpad('日本語', 2)", "日本"},
         {"overlay('日本語', 'x', 2)", "日x語"},
         {"translate('日本語', '本', 'x')", "日x語"},
         {"levenshtein('日本', '日語')", "1"},
         {"ascii('é')", "233"},
         {"initcap('été À LA')", "Été À La"}});
}

TEST(TextFunctions, TakeAnyPosition) {
  check({{"substring('Spark', 0)", "Spark"},
         {"substring('Spark', 0, 2)", "Sp"},
         {"substring('Spark', 9)", ""},
         {"substring('Spark', -9, 3)", ""},
         {"substring('Spark', 2, -1)", ""},
         {"substring('Spark', 2, 9223372036854775807)", "park"},
         {"substring('Spark', -9223372036854775807, 2)", ""},
         {"left('Spark', 0)", ""},
         {"left('Spark', 99)", "Spark"},
         {"right('Spark', 99)", "Spark"},
         {"right('Spark', -1)", ""},
         {"locate('a', 'Spark', 0)", "0"},
         {"locate('', 'Spark')", "1"},
         {"instr('Spark', '')", "1"}});
}

TEST(TextFunctions, CutAtDelimiters) {
  check({{"split_part('a.b', '.', 1)", "a"},
         {"split_part('a.b', '.', -2)", "a"},
         {"split_part('a.b', '.', -3)", ""},
         {"split_part('', '.', 1)", ""},
         {"split_part('a.b', '', 1)", "a.b"},
         {"split_part('a.b', '', 2)", ""},
         {"split_part('aXXbXXc', 'XX', 2)", "b"},
         {"split_part('a.b', '.', 0)", "error bad_argument"},
         {"substring_index('a.b.c', '.', 9)", "a.b.c"},
         {"substring_index('a.b.c', '.', -9)", "a.b.c"},
         {"substring_index('a.b.c', '.', 0)", ""},
         {"substring_index('a.b.c', '.', -1)", "c"},
         {"substring_index('a.b.c', '', 1)", ""}});
}

TEST(TextFunctions, PadTrimAndRepeat) {
  check({{"lpad('hi', 5, '')", "hi"},
         {"lpad('hi', -1, 'x')", ""},
         {"lpad('hi', 5, 'ab')", "abahi"},
         {"rpad('hi', 5, 'ab')", "hiaba"},
         {"concat('[', trim('\t a \t'), ']')", "[\t a \t]"},
         {"trim('')", ""},
         {"trim('   ')", ""},
         {"btrim('xxhixx', 'x')", "hi"},
         {"btrim('xx', 'x')", ""},
         {"repeat('ab', 0)", ""},
         {"repeat('', 1000000000)", ""},
         {"repeat('ab', 9223372036854775807)", "error too_long"},
         {"lpad('a', 2147483647, 'b')", "error too_long"}});
}

TEST(TextFunctions, JoinAndReplace) {
  check({{"concat('a')", "a"},
         {"concat('a', TRUE, DATE '2024-11-01')", "atrue2024-11-01"},
         {"concat_ws(',')", ""},
         {"concat_ws(',', NULL, NULL)", ""},
         {"concat_ws('', 'a', 'b')", "ab"},
         {"replace('aaa', 'a', 'bb')", "bbbbbb"},
         {"replace('aaa', 'aa', 'b')", "ba"},
         {"upper('ǆ')", "Ǆ"},
         {"lower('ÀÉÎÕÜ ΑΒΓ АБВ')", "àéîõü αβγ абв"},
         {"upper('àéîõü αβγ абв')", "ÀÉÎÕÜ ΑΒΓ АБВ"},
         {"upper('')", ""}});
}

TEST(TextFunctions, TurnBytesIntoTextAndBack) {
  check({{"hex('')", ""},
         {"hex(0)", "0"},
         {"hex('é')", "C3A9"},
         {"hex(unhex('F'))", "0F"},
         {"hex(unhex('FfF'))", "0FFF"},
         {"unhex('G0')", "NULL"},
         {"base64('')", ""},
         {"base64('ab')", "YWI="},
         {"base64('abc')", "YWJj"},
         {"hex(unbase64('YWI='))", "6162"},
         {"hex(unbase64('YW\nI'))", "6162"},
         {"hex(unbase64('Y'))", "error bad_base64"},
         {"chr(233)", "é"},
         {"chr(321)", "A"}});
}

TEST(RegularExpressions, MatchReplaceAndRefuse) {
  check({{"regexp_extract('abc', '(x)?b', 1)", ""},
         {"regexp_extract('foo=12;bar=3', '(?<key>\\w+)=(?<value>\\d+);', 2)", "12"},
         {"regexp_replace('abc', '(?<first>a)', '${first}${first}')", "aabc"},
         {"regexp_replace('a.b', '[.]', '\\$1')", "a$1b"},
         {"regexp_replace('abc', '(b)', '$12')", "ab2c"},
         {"regexp_replace('été', 'x*', '-')", "-é-t-é-"},
         {"regexp_replace('baac', 'a*', '-')", "-b--c-"},
         {"regexp_replace('abc', 'b', '$1')", "error bad_argument"},
         {"regexp_count('aaa', 'a')", "3"},
         {"regexp_count('abc', '')", "4"},
         {"regexp_instr('été x', 'x')", "5"}});
  EXPECT_EQ(answer("regexp_extract('a', '(', 1)").substr(0, 40), "refused: bad regular expression: ( (miss");
  EXPECT_EQ(answer("regexp_extract('a', 'a', 2)"),
            "refused: regexp_extract: no such group in the regular expression: 2 (it has 0)");
}

TEST(FormatString, PrintsAsJavaDoes) {
  check({{"format_string('%5d|%-5d|%05d|%+d|% d|%(d|%,d', 42, 42, 42, 42, 42, -42, -1234567)",
          "   42|42   |00042|+42| 42|(42)|-1,234,567"},
         {"format_string('%x %X %o %#x', -1, CAST(255 AS bigint), 8, 255)", "ffffffff FF 10 0xff"},
         {"format_string('%.0f %.1f %f', CAST(0.5 AS double), CAST(0.25 AS double), 1.5)", "1 0.3 1.500000"},
         {"format_string('%.2f', 99999999999999999999.995)", "100000000000000000000.00"},
         {"format_string('%e %.0E', CAST(0 AS double), CAST(-12345 AS double))", "0.000000e+00 -1E+04"},
         {"format_string('%g %g', CAST(0.0001 AS double), CAST(123456789 AS double))",
          "0.000100000 1.23457e+08"},
         {"format_string('%08.1f|%8s', CAST('Infinity' AS double), CAST('NaN' AS double))",
          "Infinity|     NaN"},
         {"format_string('%-4s|%4s|%.1s', 'é', '日本', '日本')", "é   |  日本|日"},
         {"format_string('%s %s %b %d', NULL, DATE '2024-11-01', NULL, NULL)", "null 2024-11-01 false null"},
         {"format_string('%c%c', 65, 128512)", "A😀"},
         {"format_string('%c', -1)", "error bad_argument"},
         {"format_string('100%%%n')", "100%\n"},
         {"format_string(NULL, 1)", "NULL"}});
  EXPECT_EQ(answer("format_string('%d', 'x')"), "refused: format_string: %d does not take string");
  EXPECT_EQ(answer("format_string('%s %s', 'x')"),
            "refused: format_string: the format names 2 arguments, the call has 1");
  EXPECT_EQ(answer("format_string('%y', 'x')").substr(0, 23), "refused: bad format: %y");
  EXPECT_EQ(answer("format_string('%20000d', 1)"), "refused: bad format: %20000d (that is too wide)");
  EXPECT_EQ(answer("format_string('50%')").substr(0, 22), "refused: bad format: %");
}

TEST(NumberFormats, WriteAndRead) {
  check({{"to_char(0, '999')", "  0"},
         {"to_char(-5, 'S9,999.99')", "    -5.00"},
         {"to_char(-0.5, '9,999.99S')", "    0.50-"},
         {"to_char(12, '999PR')", " 12  "},
         {"to_char(-12, '$999PR')", "<$ 12>"},
         {"to_char(12345, '999')", "###"},
         {"to_char(12345, '9,999.9')", "# ###.#"},
         {"to_char(1.25, '9.9')", "#.#"},
         {"to_char(CAST('NaN' AS double), '9.9')", "NULL"},
         {"to_char(CAST(12.5 AS double), '0000D00')", "0012.50"},
         {"to_char(-7, 'mi99')", " -7"},
         {"to_number('-$12.34', 'S$999.99')", "-12.34"},
         {"to_number(' 1,234 ', '9,999')", "1234"},
         {"to_number('1234', '9,999')", "error bad_number"},
         {"to_number('99', '000')", "error bad_number"},
         {"to_number('<12', '999PR')", "error bad_number"},
         {"to_number('.', '9.9')", "error bad_number"},
         {"try_to_number('', '9')", "NULL"}});
  EXPECT_EQ(answer("to_char(1, '9,')").substr(0, 66),
            "refused: bad number format: 9, (a separator stands between digits;");
  EXPECT_EQ(answer("to_char(1, 'S')").substr(0, 48), "refused: bad number format: S (it has no digit; ");
  EXPECT_EQ(answer("to_number('1', '99S9')").substr(0, 55),
            "refused: bad number format: 99S9 (9 is not expected the");
  EXPECT_EQ(answer("to_number('1', repeat('9', 39))").substr(0, 7), "refused");
}

TEST(BinaryTexts, AreReadStrictly) {
  check({{"to_binary('xyz')", "error bad_binary"},
         {"to_binary('U', 'base64')", "error bad_binary"},
         {"try_to_binary('U3=', 'base64')", "NULL"},
         {"hex(to_binary('U3B=', 'BASE64'))", "5370"},
         {"hex(to_binary('U3 Bh', 'base64'))", "537061"},
         {"hex(to_binary('abc'))", "0ABC"},
         {"hex(encode('a😀', 'UTF-16'))", "FEFF0061D83DDE00"},
         {"hex(encode('a😀', 'UTF-16LE'))", "61003DD800DE"},
         {"hex(encode('aé€', 'latin1'))", "61E93F"},
         {"decode(X'FFFE6100', 'UTF-16')", "a"},
         {"decode(X'D83D', 'UTF-16BE')", "�"},
         {"decode(X'61E4BD62', 'utf-8')", "a�b"},
         {"decode(X'C080', 'utf-8')", "��"},
         {"decode(X'EDA080', 'utf-8')", "���"},
         {"decode(X'F4908080', 'utf-8')", "����"},
         {"hex(lpad(X'61', 5, X'6263'))", "6263626361"},
         {"hex(rpad(X'616263', 2))", "6162"}});
  EXPECT_EQ(answer("encode('a', 'ebcdic')").substr(0, 38), "refused: encode: the character set is ");
  EXPECT_EQ(answer("mask('a', 'XX')"), "refused: mask: one character stands for another: XX");
}

TEST(NamedCasts, AreThoseOfTheirTypes) {
  check({{"int('x')", "error bad_cast"},
         {"int(2147483648)", "error overflow"},
         {"date('2024-02-30')", "error bad_cast"},
         {"typeof(decimal('42.5'))", "decimal(10,0)"},
         {"string(NULL)", "NULL"},
         {"ilike('10%', '10\\%')", "true"},
         {"ilike('a', NULL)", "NULL"},
         {"ilike('STRASSE', 'straße')", "false"},
         {"bitand(-1, 9223372036854775807)", "9223372036854775807"}});
  EXPECT_EQ(answer("date(TRUE)"), "refused: cannot cast bool to date");
}

TEST(Hashes, AreThoseOfSpark) {
  check({{"sha2('', 256)", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
         {"sha2('abc', 224)", "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7"},
         {"length(sha2('abc', 384))", "96"},
         {"length(sha2('abc', 512))", "128"},
         {"md5('')", "d41d8cd98f00b204e9800998ecf8427e"},
         {"crc32('')", "0"},
         {"xxhash64('')", "-7444071767201028348"},
         {"xxhash64(NULL, NULL)", "42"},
         {"xxhash64(NULL, 'a') = xxhash64('a')", "true"},
         {"xxhash64(CAST(1 AS double)) = xxhash64(CAST(1 AS bigint))", "false"},
         {"xxhash64(CAST(-0.0 AS double)) = xxhash64(CAST(0 AS double))", "true"},
         {"hash(NULL)", "42"},
         {"hash('ab') = hash('ab')", "true"}});
  EXPECT_EQ(answer("sha2('a', 255)"),
            "refused: sha2: unknown length: 255 (lengths are 224, 256, 384, 512 and 0, which means 256)");
}

TEST(Urls, HaveHosts) {
  check({{"url_host('HTTPS://WWW.Example.COM')", "example.com"},
         {"url_host('https://user:pass@host.org:443?x=@y')", "host.org"},
         {"url_host('https://www.example.com\\path')", "example.com"},
         {"url_host('http://[::1]:8080/')", "[::1]"},
         {"url_host('http://[::1')", "NULL"},
         {"url_host('http://www.')", "www."},
         {"url_host('http://www2.example.com/')", "www2.example.com"},
         {"url_host('  https://a.b/ ')", "a.b"},
         {"url_host('https://')", "NULL"},
         {"url_host('https:///path')", "NULL"},
         {"url_host('https://:80/')", "NULL"},
         {"url_host('//a.b/c')", "NULL"},
         {"url_host('mailto:a@b.c')", "NULL"},
         {"url_host('http://a b/')", "NULL"},
         {"url_host('1http://a/')", "NULL"},
         {"url_host(NULL)", "NULL"},
         {"url_path('https://a.b')", ""},
         {"url_query('https://a.b/?x=%zz', 'x')", "%zz"},
         {"url_query('https://a.b/?x=%ff', 'x')", "NULL"},
         {"url_query('https://a.b/?x=a%00b', 'x')", "NULL"},
         {"url_query('https://a.b/?x=%C3%A9+%2B', 'x')", "é +"},
         {"utm_source('https://a.b/?utm_source=x%20y&utm_source=z')", "x y"},
         {"utm_source('https://a.b/?utm_source=%ff')", "NULL"},
         {"utm_medium('/?utm_medium=x')", "NULL"},
         {"url_query('https://a.b/?x=1+2&x=3#x=4', 'x')", "1 2"},
         {"parse_url('http://u:p@h/p?q#f', 'REF')", "f"},
         {"parse_url('http://u:p@h/p?q#f', 'USERINFO')", "u:p"},
         {"parse_url('http://u:p@h/p?q#f', 'AUTHORITY')", "u:p@h"},
         {"parse_url('http://h/p', 'QUERY')", "NULL"},
         {"url_decode('%')", "error bad_url"},
         {"url_encode('é')", "%C3%A9"}});
}

}  // namespace
}  // namespace weir::test
