"""A regulation written for the walks, its revised version, and both as Word files."""

import io
from pathlib import Path

from docx import Document

ROOT = Path(__file__).resolve().parents[2]
LAWS = ROOT.parent / "shared" / "corpus" / "laws"  # real laws beside the checkout, where a developer keeps them

TITLE = "濮阳市社区公共晾晒和充电设施管理条例（草案）"
DRAFT = f"""{TITLE}

目　　录

第一章　总则
第二章　规划与建设
第三章　使用与维护
第四章　法律责任
第五章　附则

第一章　总则

第一条　为了规范社区公共晾晒设施、电动自行车充电设施的建设、使用和维护，方便群众生活，预防火灾事故，根据有关法律、行政法规，结合本市实际，制定本条例。

第二条　本市行政区域内住宅小区和农村集中居住区的公共晾晒设施、电动自行车充电设施（以下统称公共设施）的规划、建设、使用和维护，适用本条例。

第三条　公共设施管理坚持政府引导、社区自治、安全便民、共建共享的原则。

第四条　市、县（区）人民政府应当加强对公共设施管理工作的领导，将老旧小区公共设施建设纳入城镇老旧小区改造计划。

第二章　规划与建设

第五条　新建住宅小区应当按照国家和省有关标准配套建设公共设施，与主体工程同步设计、同步施工、同步投入使用。

第六条　老旧小区增设公共设施，应当征求小区居民的意见；占用业主共有场地的，依法由业主共同决定。

第七条　充电设施应当符合下列要求：
（一）设置在室外或者独立的房间内；
（二）与安全出口保持六米以上的距离；
（三）配备自动断电装置和灭火器材。

第三章　使用与维护

第八条　公共设施由其管理单位负责日常维护。充电设施发生故障的，管理单位应当在七日内修复。

第九条　充电收费应当明码标价，分别标明电费和服务费。

第十条　禁止在楼道、楼梯间、安全出口停放电动自行车或者为其充电。

第十一条　居民委员会、村民委员会应当组织居民制定公共晾晒公约，合理安排晾晒场地和时间。

第十二条　管理单位应当每季度对公共设施进行一次安全检查，并公布检查结果。

第四章　法律责任

第十三条　违反本条例第十条规定的，由消防救援机构责令改正；拒不改正的，处二百元以上五百元以下罚款。

第十四条　管理单位违反本条例第八条规定，逾期未修复充电设施的，由县（区）住房和城乡建设主管部门责令限期改正，处一千元以上三千元以下罚款。

第五章　附则

第十五条　本条例自2027年5月1日起施行。
"""
REVISED = (
    DRAFT.replace("应当在七日内修复。", "应当在三日内修复；三日内不能修复的，应当公示原因和修复时间。")
    .replace(
        "第十二条　管理单位应当每季度对公共设施进行一次安全检查，并公布检查结果。",
        "第十二条　管理单位应当每月检查公共设施，发现隐患的当日整改，并公布整改情况。",
    )
    .replace("（三）配备自动断电装置和灭火器材。", "（三）配备自动断电装置和灭火器材；\n（四）在明显位置标明故障报修电话。")
)
EXPLANATION = """关于《濮阳市社区公共晾晒和充电设施管理条例（草案）》的说明
一、制定的必要性。电动自行车进楼入户充电引发的火灾时有发生，群众对家门口能晒被子、能充电的要求很迫切。
二、主要内容。草案共五章十五条，规定了公共设施的建设标准、维护责任和收费公示。"""


def docx_of(text: str) -> bytes:
    """Return the text as a Word file, one line a paragraph, the title as a title."""
    document = Document()
    title, *lines = [line for line in text.splitlines() if line.strip()]
    document.add_heading(title.strip(), 0)
    for line in lines:
        document.add_paragraph(line.strip())
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def real_laws(limit: int = 1) -> list[Path]:
    """Return some of the city's own regulations from the corpus beside the checkout; none where there is no corpus."""
    return sorted(LAWS.glob("henan/濮阳市*.md"))[:limit]
