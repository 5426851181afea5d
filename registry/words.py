"""Words of the ground floor that stand in lists to choose from and in the trail."""

# Actions of the trail, by their dotted names; floors above use them through registry.audit.record.
ACTIONS: dict[str, str] = {
    "login": "登录",
    "login.failed": "登录失败",
    "login.locked": "账号暂停",
    "logout": "退出登录",
    "account.create": "新建账号",
    "account.change": "修改账号资料",
    "account.grant": "增加角色",
    "account.revoke": "去掉角色",
    "account.disable": "停用账号",
    "account.reset": "重设密码",
    "account.password": "修改自己的密码",
    "resident.reveal": "查看完整号码",
    "audit.verify": "核对操作日志",
    "roster.upload": "上传花名册",
    "roster.import": "导入花名册",
    "roster.approve": "确认入库",
    "roster.discard": "放弃导入",
    "roster.undo": "撤销导入",
    "roster.rejected": "下载退回行",
    "demo.invent": "造示例街道",
    "campaign.load": "装入方案",
    "phase.dates": "调整阶段任务日期",
    "target.change": "调整目标任务数",
    "ledger.print": "打印名单",
    "ledger.export": "导出台账",
    "export.download": "下载导出文件",
    "resident.lookup": "按证件号码查人",
    "resident.correct": "更正人员资料",
    "dose.add": "补录接种记录",
    "dose.correct": "更正接种记录",
    "dose.remove": "删除接种记录",
    "exemption.claim": "申请禁忌缓种",
    "exemption.approve": "审核通过禁忌缓种",
    "exemption.reject": "退回禁忌缓种申请",
    "exemption.withdraw": "撤回禁忌缓种申请",
}

SUBJECTS: dict[str, str] = {
    "user": "账号",
    "resident": "人员",
    "campaign": "接种工作",
    "phaseitem": "阶段任务",
    "target": "目标",
    "rosterimport": "花名册",
    "conflict": "待核实",
    "export": "导出",
    "dose": "针次",
    "exemption": "禁忌缓种",
}

# Why somebody looks at a full number; the key stands in the trail.
REVEAL_REASONS: list[tuple[str, str]] = [
    ("records", "核对接种记录"),
    ("call", "打电话联系接种"),
    ("exemption", "办理禁忌缓种"),
    ("asked", "本人来电查询"),
    ("correction", "更正人员资料"),
]

# Names and values inside an entry's detail.
DETAILS: dict[str, str] = {
    "what": "看了",
    "reason": "理由",
    "name": "姓名",
    "phone": "联系电话",
    "username": "账号",
    "work_line": "工作线",
    "rows": "行数",
    "purpose": "用途",
}
VALUES: dict[str, str] = {"number": "证件号", "phone": "电话", **dict(REVEAL_REASONS)}
