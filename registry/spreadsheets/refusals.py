"""Why a file is refused as a whole."""

from dataclasses import dataclass

# Codes and sentences in the order in which they are tried (interfaces, Rosters).
SENTENCES = {
    "too_large": "文件超过了系统允许的大小或行数，请拆成几个文件后分别导入。",
    "unsafe": "文件展开后异常庞大，或含有宏、外部链接等不安全内容，请另存为普通的 .xlsx 文件后重新上传。",
    "encrypted": "文件设有打开密码，请先取消密码再上传。",
    "not_a_spreadsheet": "这个文件不是能读取的表格，请用表格软件打开后另存为 .xlsx 再上传。",
    "no_header": "没有找到表头：前30行里没有“姓名”“身份证号”等必需的栏目名称，请检查表头后重新上传。",
    "no_rows": "表头下面没有数据行，请确认选对了工作表。",
}


class Refused(Exception):
    """The file is refused as a whole; `code` is stable, `sentence` is for the sender."""

    def __init__(self, code: str, sentence: str = ""):
        self.code = code
        self.sentence = sentence or SENTENCES[code]
        super().__init__(f"{code}: {self.sentence}")


@dataclass(frozen=True, slots=True)
class Limits:
    """What a roster file may take; the values come from settings."""

    max_bytes: int = 50 * 1024 * 1024
    max_unpacked_bytes: int = 200 * 1024 * 1024
    max_rows: int = 200_000
