"""What petitioners of the demo city write, and what they are answered: invented, seeded, no database."""

from random import Random
from typing import NamedTuple


class Topic(NamedTuple):
    """A kind of matter: the unit that is right for it, the title, ways to tell it, requests, what was found."""

    unit: str
    title: str
    facts: tuple[str, ...]
    requests: tuple[str, ...]
    found: tuple[str, ...]


class Said(NamedTuple):
    """One petition in words."""

    topic: Topic
    title: str
    request: str
    facts: str
    name: str
    address: str


TOPICS = (
    Topic("zjj", "反映安置房迟迟没有交付", ("{when}签的拆迁协议，说好{n}个月交房，到现在{long}了还没有动静，过渡费也停了。",
        "{place}的安置房封顶{long}，水电一直没有接，{n}户人家在外租房。", "交房时发现墙面开裂{n}处，开发商说保修期过了。"),
        ("请督促按协议交房，补发过渡费", "请查明没有接通水电的原因并定下时间"), ("已约谈建设单位，明确于下季度末交付，过渡费补发到位",)),
    Topic("rsj", "反映拖欠农民工工资", ("在{place}干了{n}个月活，{when}完工，工钱到现在没有结清。",
        "工地上{n}个人的工资压了{long}，包工头的电话打不通。", "厂里{when}停产，欠我们{n}个人的工资和社保。"),
        ("请督促支付拖欠的工资", "请依法查处欠薪并补缴社会保险"), ("经劳动监察，用工单位已支付全部工资", "已责令限期支付，逾期移送有关机关")),
    Topic("zrzy", "反映宅基地审批", ("{when}递了宅基地申请，{place}一直没有批，也不说为什么。", "邻居占了公共巷道建房，{when}反映过{n}次没有结果。",
        "家里的地{when}被征了一部分，补偿清单一直没有公布。"), ("请书面答复能不能批", "请公开补偿清单并复核面积"), ("材料已补齐，审批手续已经办结",)),
    Topic("mzj", "反映低保和救助", ("家里{n}口人，{when}取消了低保，没有人告诉我们原因。", "母亲残疾，申请护理补贴{long}没有下文。",
        "{place}的临时救助只发了一次，后来说名单里没有我们。"), ("请复核低保资格", "请按规定发放补贴"), ("经入户复核，已恢复待遇并补发",)),
    Topic("jyj", "反映孩子入学", ("户口和房子都在{place}，报名时却被分到{n}公里外的学校。", "外来务工的孩子{when}报名，材料交了{n}回还差一样。"),
        ("请按就近入学的规定安排", "请一次告知缺什么材料"), ("经核实学区划分，已安排就近学校入学",)),
    Topic("ybj", "反映医疗费用报销", ("{when}在外地住院，回来报销说系统里没有备案，{n}千多元自己出了。", "慢性病门诊{when}批了，到药店还是不能刷。"),
        ("请按异地就医规定报销", "请尽快打通门诊慢性病结算"), ("已补办备案并按规定报销",)),
    Topic("hbj", "反映噪声和气味扰民", ("{place}的厂子夜里{n}点还在开工，{who}睡不好，{when}反映过。", "小区旁边的养殖场一到夏天气味刺鼻，{long}没有整改。"),
        ("请检测并公布结果", "请责成整改，夜间停工"), ("经检测夜间超标，已责令整改并处罚",)),
    Topic("zjj", "反映物业服务和公共收益", ("小区电梯广告收了{long}，一分钱没有公布，{n}户联名要求公开。", "{when}物业涨价没有开业主大会，不交就停门禁卡。"),
        ("请督促公开公共收益", "请查处未经表决涨价"), ("已责令公示近三年账目并退还多收费用",)),
    Topic("nyj", "反映农业补贴发放", ("{when}种的地，补贴发到了别人卡上，问了{n}回说要等。", "合作社把{n}户的地流转走了，租金拖了{long}。"),
        ("请核实补贴发放对象", "请督促支付流转租金"), ("经核对面积，补贴已改发到户",)),
    Topic("jtj", "反映道路施工和出行", ("{place}的路{when}挖开，{long}没有铺好，下雨{who}出不了门。", "修路占了{n}分地，说好的青苗费没有给。"),
        ("请明确完工时间", "请按标准补偿青苗费"), ("剩余路段已铺设完成，补偿款已发放",)),
    Topic("wjw", "反映医疗服务", ("{when}在医院做检查，同样的项目收了两次费。", "村卫生室{long}没有医生，{who}看病要走{n}里路。"),
        ("请核查收费并退还", "请安排医生定期坐诊"), ("重复收取的费用已经退还，并通报医院",)),
    Topic("slj", "反映灌溉和排水", ("渠里{long}没有来水，{n}亩麦子浇不上。", "上游把沟填了，{when}下雨淹了{n}户的院子。"),
        ("请疏通渠道", "请恢复原来的排水沟"), ("渠道已清淤通水，填埋的沟段已经恢复",)),
    Topic("csgl", "反映占道和违法建设", ("楼下的烧烤摊占了人行道，{when}起每天到夜里{n}点。", "一楼住户{when}在绿地上盖了房子，反映{n}次没有拆。"),
        ("请规范经营时间和地点", "请依法查处违法建设"), ("违法建筑已依法拆除，绿地正在恢复",)),
    Topic("rsj", "反映社会保险转移", ("{when}从外地转回来的养老保险，{long}查不到记录，缺了{n}个月。", "退休手续{when}交齐，待遇到现在没有核定。"),
        ("请查明缴费记录", "请尽快核定待遇"), ("已与转出地核对，记录补录完毕",)),
)  # fmt: skip
OPINIONS = (
    ("建议统一公布办事材料清单", "同一件事，{place}要{n}份材料，别处只要几份。建议全市统一公布清单，一次说清楚。"),
    ("建议把听证会放在晚上或者周末", "{when}的听证会在工作日上午，上班的人去不了。建议改在晚上或者周末，提前{n}天通知。"),
    ("建议代表多到背街小巷走走", "{place}一带老小区多，{who}希望代表每季度来一次，听听怎么改。"),
    ("建议法规草案配上通俗说明", "草案有{n}条，很多词看不懂。建议每次公布时配一页大白话，说清楚改了什么。"),
    ("建议公开预算怎样看的小册子", "想看预算花在哪里，表格太多。建议做一本小册子，{when}报告的时候一起发。"),
)
COURTS = (
    ("反映案件立案时间过长", "{when}递交起诉材料，{long}没有收到立案或者补正的通知。", "court"),
    ("反映判决执行不到位", "判决{when}生效，对方名下有{n}套房产，申请执行{long}没有进展。", "court"),
    ("反映不起诉决定", "对{when}的不起诉决定不服，申诉材料交了{n}次。", "procuratorate"),
)
ACCUSATIONS = (
    ("某街道一名工作人员在{place}的低保评定中收受礼品，{when}有{n}人知情。", "某街道办事处"),
    ("某单位采购时把项目拆成{n}份，都给了同一家公司，{when}的合同可以查。", "某直属事业单位"),
    ("村里的补助款{when}领走了{n}户的，签字不是本人。", "某村"),
)
SUPPLEMENTS = ("补充一份{when}的收据复印件，共{n}页。", "补充说明：{who}可以作证，联系方式见原件。", "补充照片{n}张，拍摄于{place}。")
REASONS = ("没有说清楚什么时候办完。", "认定的事实与实际不符，没有到现场看。", "只答复了一部分，另一部分没有提。", "补偿标准用的是旧文件。")
DECISIONS = (
    "经查阅案卷并到现场核实，原意见认定事实清楚、依据充分，程序符合规定。", "经重新核对有关材料，原意见的一部分事实认定不完整，予以补充完善。",
)
GRADES = (("satisfied", "satisfied", "办得快。"), ("satisfied", "basically", ""), ("basically", "basically", "希望以后少跑几趟。"),
          ("satisfied", "dissatisfied", "结果没有达到预期。"), ("dissatisfied", "dissatisfied", "时间太长。"))  # fmt: skip
_WHEN = ("去年三月", "去年秋天", "今年春节后", "今年五月", "前年年底", "今年七月", "去年入冬前", "今年麦收时")
_LONG = ("半年", "一年多", "大半年", "两年", "八个月", "三个多月")
_WHO = ("老人和孩子", "邻居们", "周边几户", "上夜班的人", "同村的人")
_ROADS = ("中原路", "黄河路", "建设路", "胜利路", "大庆路", "五一路", "人民路", "开州路", "京开大道", "长庆路", "石化路", "任丘路")
_SPOTS = ("东段", "西段", "北口", "南头", "小区", "家属院", "市场", "学校旁")
_FAMILY, _GIVEN = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张", "大小老"


def place(random: Random) -> str:
    """Return where it is."""
    return random.choice(_ROADS) + random.choice(_SPOTS)


def fill(random: Random, words: str) -> str:
    """Return words with what they leave open."""
    return words.format(
        place=place(random), when=random.choice(_WHEN), long=random.choice(_LONG), who=random.choice(_WHO), n=random.randint(2, 19)
    )


def say(random: Random, number: int) -> Said:
    """Return a petition in words."""
    topic = TOPICS[number % len(TOPICS)]
    where = place(random)
    facts = fill(random, random.choice(topic.facts)) + fill(random, f"地点在{where}。前后找过{{n}}次，都说在研究。")
    return Said(topic, f"{topic.title}（{where}）", random.choice(topic.requests), facts, name(random), address(random))


def name(random: Random) -> str:
    """Return a name that is plainly invented."""
    return f"{random.choice(_FAMILY)}某{random.choice('甲乙丙丁')}"


def address(random: Random) -> str:
    """Return an invented address."""
    return f"濮阳市{random.choice(_ROADS)}{random.randint(1, 300)}号院{random.randint(1, 30)}号楼"


def answer(random: Random, topic: Topic) -> str:
    """Return a unit's written conclusion."""
    return f"收到您反映的事项后，我单位{random.choice(('到现场核查', '调阅了有关材料', '当面听取了您的说明'))}。{random.choice(topic.found)}。感谢您对工作的监督。"
