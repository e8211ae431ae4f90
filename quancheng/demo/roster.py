"""Who and what there is in the demo city: organs, offices, units, sites, deputies; every person is invented."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

from quancheng.consultations import acts as consultations
from quancheng.demo import writing
from quancheng.demo.stage import (
    COMMITTEE,
    CONGRESS,
    DISCIPLINE,
    GOVERNMENT,
    OFFICE,
    ORGAN,
    PETITIONS,
    SEED,
    SINCE,
    City,
    account,
)
from quancheng.people import acts as people
from quancheng.people import queries as people_queries

ORGANS = (
    (CONGRESS, "濮阳市人民代表大会常务委员会", "standing_committee", "", "濮人常"),
    (ORGAN, "濮阳市人大常委会法制工作委员会", "working_body", CONGRESS, "濮人法工"),
    (OFFICE, "濮阳市人大常委会代表工作委员会", "working_body", CONGRESS, "濮人代工"),
    (COMMITTEE, "濮阳市人大环境资源与城乡建设委员会", "working_body", CONGRESS, "濮人环资"),
    (PETITIONS, "濮阳市人大常委会信访工作办公室", "working_body", CONGRESS, "濮人信访"),
    (DISCIPLINE, "濮阳市信访举报移送办公室（虚构）", "working_body", "", ""),
    (GOVERNMENT, "濮阳市人民政府", "government", "", "濮政"),
)
PEOPLE = (  # user name, role, organ, what the terminal says of it
    ("lead", "lead", ORGAN, "法工委负责人：开启征求意见、分派、查看身份须留痕"),
    ("clerk", "clerk", ORGAN, "法工委工作人员：导入草案、处理意见、起草报告"),
    ("clerk2", "clerk", ORGAN, "法工委工作人员：另一位经办人"),
    ("releaser", "releaser", ORGAN, "公开审核人：审核并公开报告和建议、处理申诉"),
    ("auditor", "auditor", ORGAN, "审计监督人员：查看台账和身份查看记录"),
    ("admin", "admin", ORGAN, "系统管理员：参数、日历、账户"),
    ("office1", "deputy_office", OFFICE, "代表工委：审核、交办代表建议和群众意见，研究退办，管站点和二维码"),
    ("office2", "deputy_office_lead", OFFICE, "代表工委负责人：批准延期，公开办结的群众意见，命名示范点"),
    ("chair1", "chairpersons", CONGRESS, "主任会议经办：确定重点督办建议和四方责任"),
    ("committee1", "committee", COMMITTEE, "督办委员会：记录实地察看、座谈等督办情况"),
    ("petition1", "petition_clerk", PETITIONS, "信访工作人员：登记、甄别、转送、告知"),
    ("petition2", "petition_lead", PETITIONS, "信访负责人：批准延期，接收密封的检举控告"),
    ("petition3", "petition_lead", CONGRESS, "上一级：信访复查"),
    ("discipline1", "discipline", DISCIPLINE, "检举控告移送经办：打开密封件，每次留痕"),
    ("secretariat1", "secretariat", CONGRESS, "会议秘书处：通知、议程、签到、发言、议案、表决准备、旁听和议政会"),
    ("secretariat2", "secretariat_lead", CONGRESS, "会议秘书处负责人：签署会议记录、宣布表决结果、公开会议意见"),
    ("registrar1", "registrar", CONGRESS, "签到和资格审查：代表签到、旁听人员入场"),
    ("project1", "project_office", CONGRESS, "民生实事项目（人大）：征集、筛选、候选项目、票决、监督"),
    ("gov1", "project_government", GOVERNMENT, "民生实事项目（政府）：实施方案、进度、完成情况"),
)
UNITS = (
    ("jyj", "教育局", "濮教"), ("csgl", "城市管理局", "濮城管"), ("jtj", "交通运输局", "濮交"), ("slj", "水利局", "濮水"),
    ("wjw", "卫生健康委员会", "濮卫"), ("nyj", "农业农村局", "濮农"), ("xfj", "信访局", "濮信"), ("zjj", "住房和城乡建设局", "濮建"),
    ("hbj", "生态环境局", "濮环"), ("mzj", "民政局", "濮民"), ("gaj", "公安局", "濮公"), ("rsj", "人力资源和社会保障局", "濮人社"),
    ("fgj", "发展和改革委员会", "濮发改"), ("gxj", "工业和信息化局", "濮工信"), ("kjj", "科学技术局", "濮科"), ("sfj", "司法局", "濮司"),
    ("czj", "财政局", "濮财"), ("zrzy", "自然资源和规划局", "濮自然资"), ("swj", "商务局", "濮商"), ("wlj", "文化广电和旅游局", "濮文旅"),
    ("tyjr", "退役军人事务局", "濮退役"), ("yjj", "应急管理局", "濮应急"), ("sjj", "审计局", "濮审"), ("scjg", "市场监督管理局", "濮市监"),
    ("tyj", "体育局", "濮体"), ("tjj", "统计局", "濮统"), ("ybj", "医疗保障局", "濮医保"), ("lyj", "林业局", "濮林"),
    ("zwfw", "政务服务和大数据管理局", "濮政数"), ("jrj", "金融工作局", "濮金"), ("gdb", "国防动员办公室", "濮动"), ("gzw", "国有资产监督管理委员会", "濮国资"),
    ("lcj", "粮食和物资储备局", "濮粮"), ("jgsw", "机关事务中心", "濮机管"), ("gjj", "住房公积金中心", "濮公积金"), ("qxj", "气象局", "濮气"),
    ("swu", "税务局", "濮税"), ("xfjy", "消防救援支队", "濮消"), ("yzj", "邮政管理局", "濮邮管"), ("gxs", "供销合作社", "濮供"),
    ("jjzd", "公安局交通警察支队", "濮交警"), ("yllh", "园林绿化中心", "濮园"), ("hwj", "黄河河务局", "濮黄"), ("gjgs", "公共交通管理中心", "濮公交"),
    ("gszx", "供水管理中心", "濮供水"), ("grzx", "供热管理中心", "濮供热"), ("rqzx", "燃气管理中心", "濮燃"), ("jkzx", "疾病预防控制中心", "濮疾控"),
    ("dag", "档案馆", "濮档"), ("mzzj", "民族宗教事务局", "濮民宗"), ("wsb", "外事办公室", "濮外"), ("glj", "公路事业发展中心", "濮路"),
)  # fmt: skip
COUNTIES = (  # area, name, code of its congress, deputies to the city's congress
    ("410902", "华龙区", "hlrd", 90), ("410928", "濮阳县", "pxrd", 95), ("410922", "清丰县", "qfrd", 60),
    ("410923", "南乐县", "nlrd", 48), ("410926", "范县", "fxrd", 46), ("410927", "台前县", "tqrd", 32),
)  # fmt: skip
ZONES = (("410971", "河南濮阳工业园区管理委员会", "gyyq"), ("410972", "濮阳经济技术开发区管理委员会", "jkq"))
FIELDS = ("城乡建设", "社会治理", "农业农村", "教育科技", "医疗卫生", "财政经济", "环境资源", "文化旅游")
SIGN_IN = frozenset(
    [name for name, *_ in PEOPLE]
    + ["project2", "station1", "station2", "deputy1", "deputy2", "deputy3", "deputy4", "unit1", "unit2", "unit3", "head1", "head2", "head3"]
)


def build_roster(city: City) -> None:
    """Build everybody and everything that acts later."""
    at = city.opened - timedelta(days=30)
    people.import_areas(at=at)
    names = iter(writing.people(SEED, len(PEOPLE) + city.scale.sites + city.scale.deputies + 2 * city.scale.units))
    for code, name, kind, parent, mark in ORGANS:
        people.create_organ(
            code=code, name=name, kind=kind, area="410900", parent=parent, document_mark=mark, valid_from=SINCE, at=at
        )
    _units(city, at)
    for username, role, organ, _ in PEOPLE:
        city.actors[username] = account(username, next(names), role, organ=organ, at=at, signs_in=True)
    releaser = city.actors["releaser"]  # he also releases for the deputies' office and the standing committee
    for organ in (OFFICE, CONGRESS):
        people.give_office(account_id=releaser.id, organ=organ, role="releaser", valid_from=SINCE, at=at)
    city.actors["releaser"] = people_queries.actor_for(releaser.id, at.date())
    _sites(city, names, at)
    _deputies(city, names, at)
    for number, code in enumerate(city.units, start=1):
        for held, prefix, role in ((city.clerks, "unit", "unit_clerk"), (city.heads, "head", "unit_head")):
            username = f"{prefix}{number}"
            held[code] = account(username, next(names), role, organ=code, at=at, signs_in=username in SIGN_IN)
            city.actors[username] = held[code]
    _templates(city, at)


def _units(city: City, at: datetime) -> None:
    """The city's units first, then the governments of its counties and zones; their people come later."""
    counties = [(f"{code.removesuffix('rd')}zf", f"{name}人民政府", area) for area, name, code, _ in COUNTIES]
    units = [(code, f"濮阳市{name}", "410900", mark) for code, name, mark in UNITS]
    units += [(code, name, area, "") for code, name, area in counties]
    units += [(code, name, area, "") for area, name, code in ZONES]
    for code, name, area, mark in units[: city.scale.units]:
        people.create_organ(
            code=code, name=name, kind="government", area=area, parent="", document_mark=mark, valid_from=SINCE, at=at
        )
        city.units.append(code)


def _sites(city: City, names: Iterator[str], at: datetime) -> None:
    for number, site in enumerate(writing.site_names()[: city.scale.sites] + writing.more_sites(city.scale.sites), start=1):
        code = f"zd{number:03d}"
        people.create_site(
            code=code, name=site.name, area=site.area_code, organ=ORGAN, address=site.address, telephone=site.phone,
            hours=site.hours, functions=("liaison", "legislation") if site.kind == "legislation" else ("liaison",),
            valid_from=SINCE, at=at,
        )
        username = f"station{number}"
        city.sites.append(code)
        city.site_areas[code] = site.area_code
        city.site_staff[code] = account(
            username, next(names), "site_staff", organ=ORGAN, at=at, site=code, signs_in=username in SIGN_IN
        )
        city.actors[username] = city.site_staff[code]


def _deputies(city: City, names: Iterator[str], at: datetime) -> None:
    """Seat the deputies by county; every sixth sits in his county's congress too, every twentieth in the standing committee."""
    random = Random(f"{SEED}:deputies")
    terms = {}
    for area, name, code, _ in COUNTIES:
        people.create_organ(
            code=code, name=f"{name}人民代表大会常务委员会", kind="standing_committee", area=area, parent="",
            document_mark="", valid_from=SINCE, at=at,
        )
        terms[area] = people.open_term(organ=code, number=15, starts_on=SINCE, at=at)
    term = people.open_term(organ=CONGRESS, number=8, starts_on=SINCE, at=at)
    homes = {area: [a.code for a in writing.areas() if a.kind in ("village", "community") and a.code.startswith(area)]
             for area, *_ in COUNTIES}  # fmt: skip
    for number, (area, name) in enumerate(_electors(city.scale.deputies), start=1):
        username = f"deputy{number}"
        actor = account(username, next(names), "deputy", organ=CONGRESS, at=at, signs_in=username in SIGN_IN)
        if number % 6 == 0:
            people.seat_deputy(
                term=terms[area], account_id=actor.id, electoral_unit=f"{name}第{number}选区", field="", valid_from=SINCE, at=at
            )
        people.seat_deputy(
            term=term, account_id=actor.id, electoral_unit=name, field=FIELDS[number % len(FIELDS)], valid_from=SINCE, at=at
        )
        if number % 20 == 1:
            people.give_office(account_id=actor.id, organ=CONGRESS, role="sc_member", valid_from=SINCE, at=at)
            actor = people_queries.actor_for(actor.id, at.date())
            city.members.append(actor)
        city.actors[username] = actor
        city.deputies.append(actor)
        city.homes[actor.id] = random.choice(homes[area])


def _electors(count: int) -> list[tuple[str, str]]:
    """Return the county that elected each deputy, in turn, as long as it has seats left."""
    left = {area: seats for area, _, _, seats in COUNTIES}
    chosen: list[tuple[str, str]] = []
    while len(chosen) < count:
        for area, name, *_ in COUNTIES:
            if left[area] > 0:
                left[area] -= 1
                chosen.append((area, name))
    return chosen[:count]


def _templates(city: City, at: datetime) -> None:
    for template in writing.decision_templates():
        consultations.save_template(
            organ=ORGAN, decision=template.decision, title=template.title,
            text=template.text.format(label="这一条", topic="这个问题"), by=city.actors["lead"], at=at,
        )
