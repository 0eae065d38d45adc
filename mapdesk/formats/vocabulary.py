"""What others call things, and the one name mapdesk has for each: uses, kinds, statuses.

Keys are lower case. OpenStreetMap values come from https://wiki.openstreetmap.org/wiki/Map_features;
the Chinese ones from GB/T 50137 (urban land) and everyday registers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from mapdesk.model.nouns import (
    BUILDING_USES,
    GRID_KINDS,
    LAND_USES,
    RAILWAY_KINDS,
    ROAD_KINDS,
    TRACK_USES,
    UNIT_USES,
    WORKER_STATUSES,
)


def _words(canonical: Iterable[str], **others: str) -> dict[str, str]:
    """Return word to canonical word; `others` holds words split by spaces, per canonical word."""
    table = {word: word for word in canonical}
    for target, words in others.items():
        table |= dict.fromkeys(words.split(), target.replace("_", " "))
    return table


BUILDING_USE: Mapping[str, str] = _words(
    BUILDING_USES,
    residential="apartments house detached semidetached_house terrace dormitory bungalow cabin"
    " static_caravan houseboat residential_building 住宅 居住 宿舍 公寓 民居",
    commercial="retail shop supermarket kiosk hotel restaurant cafe bar pub fast_food bakery"
    " bank marketplace mall motel cinema nightclub parking_garage 商业 商铺 酒店 宾馆 商场",
    office="offices government bureau 办公 写字楼",
    school="university college kindergarten childcare library 学校 幼儿园 教育",
    hospital="clinic doctors nursing_home 医院 医疗 诊所",
    industrial="factory warehouse manufacture storage_tank silo works hangar substation"
    " power service transformer_tower farm barn greenhouse digester 工业 仓储 厂房 仓库",
    public="civic townhall church chapel cathedral mosque synagogue temple shrine place_of_worship"
    " religious museum theatre arts_centre community_centre courthouse fire_station police prison"
    " post_office train_station transportation sports_hall sports_centre stadium"
    " grandstand ferry_terminal toilets attraction 公共 公建 文化 体育",
    other="yes roof garage garages carport shed hut construction ruins bridge column monument"
    " convent monastery bunker container tent 其他 其它",
)
"""Values of OSM `building=*`, `amenity=*`, `tourism=*` and of registers to `BUILDING_USES`."""

ROAD_KIND: Mapping[str, str] = _words(
    ROAD_KINDS,
    trunk="motorway motorway_link trunk_link expressway 高速 快速路",
    primary="primary_link main 主干路 主干道",
    secondary="secondary_link 次干路 次干道",
    tertiary="tertiary_link 支路",
    residential="unclassified living_street road local 小区路",
    service="track busway bus_guideway raceway alley driveway escape 内部道路",
    path="footway pedestrian cycleway steps bridleway corridor platform sidewalk crossing"
    " 人行道 步行街",
)
"""Values of OSM `highway=*`, Geofabrik `fclass` and registers to `ROAD_KINDS`."""

RAILWAY_KIND: Mapping[str, str] = _words(
    RAILWAY_KINDS,
    rail="narrow_gauge preserved railway train 铁路 国铁 普速铁路 高速铁路 高铁 专用线",
    light_rail="monorail funicular maglev 轻轨 单轨 云轨",
    subway="metro underground 地铁 城市轨道交通",
    tram="streetcar 有轨电车 电车",
)
"""Values of OSM `railway=*`, Geofabrik `fclass` and registers to `RAILWAY_KINDS`."""

TRACK_USE: Mapping[str, str] = _words(
    TRACK_USES,
    yard="depot 车场 站场 车辆段",
    siding="passing_loop 侧线 到发线",
    spur="industrial branch 支线 专用线",
    crossover="switch 渡线",
)
"""Values of OSM `service=*` of tracks and of registers to `TRACK_USES`."""

LAND_USE: Mapping[str, str] = _words(
    LAND_USES,
    residential="garages erf 居住用地 住宅用地",
    commercial="retail marketplace 商业用地 商业服务业设施用地",
    industrial="port railway construction quarry landfill brownfield depot 工业用地 物流仓储用地",
    school="university college kindergarten education 学校用地 教育科研用地",
    hospital="clinic healthcare 医院用地 医疗卫生用地",
    public="institutional religious civic_admin cemetery grave_yard military sports_centre stadium"
    " place_of_worship government 公共管理与公共服务设施用地",
    park="garden recreation_ground playground dog_park nature_reserve pitch golf_course village_green"
    " common 公园 公园绿地",
    grass="grassland meadow greenfield scrub heath flowerbed greenery shrubbery plant_nursery groenvoorziening"
    " 草地 绿地",
    forest="wood 林地",
    square="pedestrian plaza voetgangersgebied 广场",
    parking="parking_space bicycle_parking motorcycle_parking parkeervlak 停车场",
    water="reservoir basin wetland bay riverbank dock swimming_pool salt_pond canal"
    " waterbody 水域 水系",
    farmland="farmyard orchard vineyard allotments aquaculture 农田 耕地",
    hill="bare_rock scree cliff peak fell 山体",
)
"""Values of OSM `landuse`, `leisure`, `natural`, `amenity` and of plans to `LAND_USES`."""

GRID_KIND: Mapping[str, str] = _words(
    GRID_KINDS,
    residential="community 居住 住宅 社区 居住网格",
    public="public_space 公共 公共区域 公共网格",
    employer="company organisation 单位 企业 单位网格",
)

UNIT_USE: Mapping[str, str] = _words(
    UNIT_USES,
    own="owner owned owner_occupied 自住 自有",
    let="rented rental tenant 出租 租赁",
    vacant="empty 空置 空闲",
    business="office 经营 办公",
    shop="retail 商铺 门市",
)

WORKER_STATUS: Mapping[str, str] = _words(
    WORKER_STATUSES,
    available="free idle on_duty 空闲 在岗 可用",
    busy="working 忙碌 处理中",
    off_duty="off offline off-duty 下班 离线 休息",
)

SURVEILLANCE_ZONE: Mapping[str, str] = {
    "traffic": "traffic",
    "road": "traffic",
    "parking": "traffic",
    "bus_stop": "traffic",
    "town": "public order",
    "street": "public order",
    "plaza": "public order",
    "park": "park",
}
"""OSM `surveillance:zone` to `CAMERA_PURPOSES`."""

CITYJSON_GROUND: Mapping[str, str] = {
    "Road": "square",
    "TransportSquare": "square",
    "Railway": "industrial",
    "WaterBody": "water",
    "Waterway": "water",
    "PlantCover": "grass",
    "LandUse": "public",
}
"""CityJSON types to the land use they are where their attributes tell nothing more."""

TERMS: Mapping[tuple[str, str], Mapping[str, str]] = {
    ("building", "use"): BUILDING_USE,
    ("road", "kind"): ROAD_KIND,
    ("railway", "kind"): RAILWAY_KIND,
    ("railway", "track_use"): TRACK_USE,
    ("land_use", "kind"): LAND_USE,
    ("grid", "kind"): GRID_KIND,
    ("unit", "use"): UNIT_USE,
    ("worker", "status"): WORKER_STATUS,
}
"""(noun, field) to the words its values are read with; other text fields keep what they say."""
