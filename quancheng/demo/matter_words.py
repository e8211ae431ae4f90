"""What residents of the demo city bring to stations and deputies, and what units answer: invented, seeded, no database."""

from random import Random
from typing import NamedTuple

from quancheng.demo import writing


class Topic(NamedTuple):
    """A kind of trouble: the unit that is right for it and one that may help, ways to say it, wishes, what was done."""

    key: str
    unit: str
    helper: str
    title: str
    seen: tuple[str, ...]
    wishes: tuple[str, ...]
    done: tuple[str, ...]


TOPICS = (
    Topic("lamp", "csgl", "", "路灯照明", (
        "{place}{spot}的路灯坏了{long}，晚上黑得看不见路", "{place}{spot}有{n}盏路灯一直不亮，下夜班的人都绕着走",
        "{place}{spot}的路灯一到下雨就灭，{who}上个月在那里摔了一跤"),
        ("请派人修好", "能不能换成亮一点的灯", "修好以后请公布报修电话", "请查一查线路，别修了又坏"),
        ("已更换{n}盏损坏的路灯，并检查了整条线路", "查明是控制箱进水，已更换控制箱并做了防水")),
    Topic("cover", "csgl", "slj", "井盖和道路", (
        "{place}{spot}的井盖松了{long}，车一压就响", "{place}{spot}路面塌了一块，{who}骑车差点摔倒",
        "{place}{spot}的便道砖碎了{n}处，下雨一踩一身泥"),
        ("请尽快补上", "请先围起来别伤着人", "修的时候请把下面也看看"),
        ("当天换了井盖并加固，附近{n}处一并检查", "已挖开重新夯实，铺好路面，养护期满后放行")),
    Topic("drain", "slj", "csgl", "积水排水", (
        "{place}{spot}一下大雨就积水，最深到膝盖", "{place}的排水沟淤了{long}，地里的水排不出去",
        "{place}{spot}的雨水口让垃圾堵死了，{who}进出要蹚水"),
        ("请在汛前清一清", "请看看是不是管子太细", "请定下谁管，别年年堵"),
        ("已清淤{n}百米，疏通雨水口，并落实了管护人", "查明是支管塌陷，已改造支管，汛期前完工")),
    Topic("bus", "jtj", "", "公交出行", (
        "从{place}到县医院没有直达车，{who}看病要倒两趟", "{place}的末班车太早，学生下晚自习赶不上",
        "{place}{spot}的公交站没有顶棚，下雨天没处躲"),
        ("能不能延长一条线路", "能不能末班车晚半个小时", "请装个顶棚和座位", "学生多的时候加一班车"),
        ("线路已延长至该处，每天早晚各加一班", "末班车已推迟三十分钟，试行一个月后听取意见")),
    Topic("crossing", "jtj", "csgl", "交通安全", (
        "{place}{spot}学校门口没有斑马线，孩子过马路害怕", "{place}{spot}的大车跑得快，{who}不敢过路",
        "{place}{spot}的红绿灯时间太短，老人走到一半就红了"),
        ("请画上斑马线", "请装减速带", "请把绿灯放长几秒", "上下学时请安排人看着"),
        ("已施划斑马线并设置减速带和警示牌", "已把行人绿灯由{n}秒延长，并在上下学时段安排疏导")),
    Topic("school", "jyj", "", "上学和托管", (
        "{place}的小学下午四点就放学，{who}没人接", "{place}的学校食堂饭菜凉，孩子常剩一半",
        "{place}小学的操场坑坑洼洼，孩子跑步崴脚"),
        ("能不能办课后托管", "请看看食堂怎么保温", "请把操场平一平", "收费请公开"),
        ("本学期起开设课后服务，自愿参加，收费标准已公示", "已添置保温设备，家长委员会每月参加一次陪餐")),
    Topic("clinic", "wjw", "", "看病用药", (
        "{place}卫生室常缺高血压的药，{who}要跑县城开", "{place}卫生室星期天不开门，小病也得去县里",
        "{place}的家庭医生签了约，半年没有来过"),
        ("请把常用药配齐", "能不能轮流值班", "请说清楚多长时间来一次", "医保能在村里结算就好了"),
        ("已补充{n}种常用药，缺药可以登记，三天内送到", "已排定轮流值班表并张贴，签约服务每季度至少上门一次")),
    Topic("water", "slj", "", "吃水用水", (
        "{place}的自来水早晚水压小，二楼上不去水", "{place}的水一烧就是一层水垢，{who}不敢喝",
        "{place}停水不通知，一停就是半天"),
        ("请查查管网", "请公布水质检测结果", "停水前请提前说一声"),
        ("已更换老化管道{n}百米，水压恢复正常", "水质检测结果已在村务公开栏张贴，停水提前一天通知")),
    Topic("market", "csgl", "", "市场和噪声", (
        "{place}{spot}的早市占了半条街，救护车都过不去", "{place}{spot}的烧烤摊油烟大，{who}不敢开窗",
        "{place}{spot}广场上的喇叭到夜里十点还响"),
        ("请找块地方让大家集中摆", "请定个收摊的时间", "请管一管音量", "别一赶了之，给摊主留条路"),
        ("已在附近划出固定摊位，早六点至八点半经营", "与经营户约定了收摊和音量，落实专人巡查")),
    Topic("waste", "csgl", "nyj", "垃圾和环境", (
        "{place}{spot}的垃圾池{long}没有清，夏天全是苍蝇", "{place}村后的坑里倒满了建筑垃圾",
        "{place}的旱厕改了一半停了工，{who}没法用"),
        ("请定下几天清一次", "请查查是谁倒的，先清走", "请把剩下的改完"),
        ("已清运并改为每天一清，公布了监督电话", "剩余{n}户已全部完工，逐户验收")),
    Topic("farm", "nyj", "slj", "种地和补贴", (
        "{place}的机井坏了{n}眼，浇地要等{long}", "{place}的生产路下雨就陷车，收割机进不去",
        "{place}的补贴名单没有贴出来，{who}不知道有没有自己"),
        ("请赶在浇水前修好", "请铺些石子垫一垫", "请把名单贴出来让大家看"),
        ("{n}眼机井已修好并通电，落实了管护员", "名单已张贴公示七天，有疑问的可以到村里查")),
    Topic("elder", "wjw", "", "养老照料", (
        "{place}的日间照料中心门常锁着，{who}没处去", "{place}独居的老人多，{long}没人上门看看",
        "{place}{spot}没有坡道，坐轮椅的出不了门"),
        ("请按点开门", "能不能安排人定期探望", "请加一段坡道和扶手"),
        ("开放时间已固定并张贴，增加了中午送餐", "已建立探访台账，每周至少上门一次；坡道已建成")),
    Topic("housing", "csgl", "", "小区管理", (
        "{place}{spot}小区的电梯坏了{long}，{who}上不了楼", "{place}{spot}小区的充电桩太少，电线从楼上拉下来",
        "{place}{spot}小区的消防通道停满了车"),
        ("请督促修好", "请多装几个桩", "请划线清出来，常来看看", "维修钱怎么用请公布"),
        ("电梯已更换部件并通过检验，费用明细已公示", "新增充电位{n}个，消防通道已划线并安排巡查")),
    Topic("fund", "nyj", "", "村务公开", (
        "{place}的村务公开栏{long}没有换过", "{place}修路花了多少钱，{who}问了几次没人说清"),
        ("请按月公开", "请把账贴出来", "请开个会讲一讲"),
        ("公开栏已更新，以后每月五日前更换", "已召开村民会议说明，账目明细张贴公示")),
)  # fmt: skip
SPOTS = ("东头", "西头", "村口", "十字路口", "卫生室门前", "小学门口", "文化广场旁", "南环路边", "老街", "菜市场旁")
LONG = ("三天", "半个月", "快一个月", "两个多月", "大半年")
WHO = ("我妈", "村里的老人", "接孩子的爷爷", "邻居", "上夜班的人", "我家老人", "几户人家", "腿脚不便的大叔")
OPENINGS = ("", "", "", "反映一件小事：", "说个事，", "群众意见：", "代老人说一句：", "今年又是这样，")
ENDINGS = ("。", "。", "，谢谢。", "，大家都盼着。", "。说过好几回了。", "，麻烦了。", "。一家人都等着。")
FORMAL = "建议有关单位对{place}{title}问题进行排查，明确责任和完成时限，并将结果告知群众。"
BAD = ("只说正在研究，没有说什么时候做。", "修了一处，旁边的还是老样子。", "没有人来看过现场。", "说的和实际不一样，现在还是那样。")
GOOD = ("来得很快，谢谢。", "修好了，满意。", "", "", "有人专门打电话说明。", "")
BETTER = "您提出不满意后，我们重新到现场，逐项核对，{done}，并请附近群众一起看过。"
OBJECT = "这件事的管养责任不在本单位，依据职责规定应由其他部门主办。"
ASSIST = "我单位负责的部分已经核实，同意主办单位提出的办法，派人到现场配合。"
ACCUSATION = "举报{place}某干部在工程中收受好处，请有关机关查一查。"
GRIEVANCE = "{place}的拆迁补偿我与单位打了两年官司，对判决不服，请代表帮我说说。"


class Said(NamedTuple):
    """One invented opinion with what belongs to it."""

    body: str
    legal: str
    topic: Topic
    place: str
    area: str
    done: str


def places(seed: int) -> list[writing.AreaRow]:
    """Return the villages and communities of the city in a seeded order."""
    found = [row for row in writing.areas() if row.kind in ("village", "community")]
    Random(seed).shuffle(found)  # noqa: S311  # invented data, nothing secret
    return found


def say(random: Random, where: writing.AreaRow) -> Said:
    """Return an opinion of somebody who lives there."""
    topic = random.choice(TOPICS)
    place = writing.spoken_name(where)
    fills = {
        "place": place, "spot": random.choice(SPOTS), "long": random.choice(LONG), "who": random.choice(WHO),
        "n": random.randint(2, 9),
    }  # fmt: skip
    wish = "，".join(random.sample(topic.wishes, 1 + (random.random() < 0.3)))
    body = random.choice(OPENINGS) + random.choice(topic.seen).format(**fills) + "。" + wish + random.choice(ENDINGS)
    legal = FORMAL.format(place=place, title=topic.title) if random.random() < 0.25 else ""
    return Said(body, legal, topic, place, where.code, random.choice(topic.done).format(**fills))


def answer(random: Random, said: Said, again: bool = False) -> str:
    """Return what the unit answers."""
    if again:
        return BETTER.format(done=said.done)
    start = random.choice(("收到您的意见后，我们到现场查看。", "您反映的情况属实。", "经与村里和站点核实，情况属实。"))
    end = random.choice(("今后有问题请拨打公布的电话。", "我们会每季度回访一次。", "感谢您的监督。"))
    return f"{start}{said.done}。{end}"
