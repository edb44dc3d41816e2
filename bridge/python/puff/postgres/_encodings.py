"""The encodings that PostgreSQL and Python have in common."""

# PostgreSQL's name: Python's codec. With the spellings that people use.
encodings: dict[str, str] = {
    "ABC": "cp1258",
    "ALT": "cp866",
    "BIG5": "big5",
    "EUC_CN": "euc_cn",
    "EUC_JIS_2004": "euc_jis_2004",
    "EUC_JP": "euc_jp",
    "EUC_KR": "euc_kr",
    "GB18030": "gb18030",
    "GBK": "gbk",
    "ISO_8859_1": "iso8859_1",
    "ISO_8859_2": "iso8859_2",
    "ISO_8859_3": "iso8859_3",
    "ISO_8859_5": "iso8859_5",
    "ISO_8859_6": "iso8859_6",
    "ISO_8859_7": "iso8859_7",
    "ISO_8859_8": "iso8859_8",
    "ISO_8859_9": "iso8859_9",
    "ISO_8859_10": "iso8859_10",
    "ISO_8859_13": "iso8859_13",
    "ISO_8859_14": "iso8859_14",
    "ISO_8859_15": "iso8859_15",
    "ISO_8859_16": "iso8859_16",
    "JOHAB": "johab",
    "KOI8": "koi8_r",
    "KOI8R": "koi8_r",
    "KOI8U": "koi8_u",
    "LATIN1": "iso8859_1",
    "LATIN2": "iso8859_2",
    "LATIN3": "iso8859_3",
    "LATIN4": "iso8859_4",
    "LATIN5": "iso8859_9",
    "LATIN6": "iso8859_10",
    "LATIN7": "iso8859_13",
    "LATIN8": "iso8859_14",
    "LATIN9": "iso8859_15",
    "LATIN10": "iso8859_16",
    "MSKANJI": "shift_jis",
    "SHIFT_JIS": "shift_jis",
    "SHIFT_JIS_2004": "shift_jis_2004",
    "SJIS": "shift_jis",
    "SQL_ASCII": "ascii",
    "TCVN": "cp1258",
    "UHC": "cp949",
    "UNICODE": "utf_8",
    "UTF8": "utf_8",
    "UTF_8": "utf_8",
    "VSCII": "cp1258",
    "WIN": "cp1251",
    "WIN866": "cp866",
    "WIN874": "cp874",
    "WIN949": "cp949",
    "WIN950": "cp950",
    "WIN1250": "cp1250",
    "WIN1251": "cp1251",
    "WIN1252": "cp1252",
    "WIN1253": "cp1253",
    "WIN1254": "cp1254",
    "WIN1255": "cp1255",
    "WIN1256": "cp1256",
    "WIN1257": "cp1257",
    "WIN1258": "cp1258",
    "WINDOWS949": "cp949",
    "WINDOWS950": "cp950",
}
encodings.update({name.replace("_", ""): codec for name, codec in list(encodings.items())})

# PostgreSQL's names in the order of its numbers.
_NAMES = [
    "SQL_ASCII",
    "EUC_JP",
    "EUC_CN",
    "EUC_KR",
    "EUC_TW",
    "EUC_JIS_2004",
    "UTF8",
    "MULE_INTERNAL",
    "LATIN1",
    "LATIN2",
    "LATIN3",
    "LATIN4",
    "LATIN5",
    "LATIN6",
    "LATIN7",
    "LATIN8",
    "LATIN9",
    "LATIN10",
    "WIN1256",
    "WIN1258",
    "WIN866",
    "WIN874",
    "KOI8R",
    "WIN1251",
    "WIN1252",
    "ISO_8859_5",
    "ISO_8859_6",
    "ISO_8859_7",
    "ISO_8859_8",
    "WIN1250",
    "WIN1253",
    "WIN1254",
    "WIN1255",
    "WIN1257",
    "KOI8U",
    "SJIS",
    "BIG5",
    "GBK",
    "UHC",
    "GB18030",
    "JOHAB",
    "SHIFT_JIS_2004",
]

UTF8 = 6


def encoding_of(number: int) -> str:
    """PostgreSQL's name of one of its encodings."""
    return _NAMES[number] if 0 <= number < len(_NAMES) else f"encoding {number}"


def clean(name: str) -> str:
    """A name as PostgreSQL compares it: "utf-8" is UTF8."""
    return "".join(c for c in name if c.isalnum()).upper()


def codec_of(name: str) -> str:
    """Python's codec for PostgreSQL's name, however it is spelt; KeyError if Python has none."""
    codec = encodings.get(name)
    return encodings[clean(name)] if codec is None else codec


def codec_argument(name: str) -> str | None:
    """The codec as the C++ side wants it: None is UTF-8, which it does itself."""
    codec = codec_of(name)
    return None if codec == "utf_8" else codec
