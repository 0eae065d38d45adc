"""Which columns of the world hold a noun's fields, and which column identifies a row.

Names are compared without case, spaces and punctuation, so "Addr_Street", "addr:street" and
"ADDRSTREET" are one. The first name of a field that the source has wins.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

IDS = (
    "id", "osm_id", "@id", "uuid", "guid", "globalid", "geoid", "geoid10", "geoid20", "gml_id",
    "identificatie", "lokaalid", "编号", "编码", "唯一标识",
)  # fmt: skip
"""Columns that identify a row wherever it goes."""

SERIALS = ("objectid", "fid", "ogcfid", "gid", "rowid", "序号")
"""Columns that number the rows of one layer, normalised: their ids carry the layer's name in front."""

NOUN_IDS: Mapping[str, tuple[str, ...]] = {
    "building": ("building_id", "building_no", "bin", "bbl", "楼栋编号", "建筑编号"),
    "grid": ("grid_id", "grid_code", "ntacode", "geocode", "adcode", "网格编号", "网格编码"),
    "camera": ("camera_id", "device_id", "设备编号", "摄像头编号"),
    "person": ("person_id", "人员编号", "人员编码", "人口编号"),
    "worker": ("worker_id", "staff_id", "工号", "人员编号"),
    "organisation": ("organisation_id", "company_id", "统一社会信用代码", "单位编号"),
    "incident": (
        "incident_id",
        "case_id",
        "srrecordid",
        "servicerequestnum",
        "案件编号",
        "事件编号",
    ),
    "unit": ("unit_id", "房屋编号"),
    "household": ("household_id", "户号"),
    "road": ("road_id",),
    "railway": ("railway_id", "track_id"),
}
"""Columns that identify a row of one noun; they come before `IDS`."""

LONGITUDE = ("lon", "lng", "long", "longitude", "point_x", "经度", "intptlon", "x_wgs84")
LATITUDE = ("lat", "latitude", "point_y", "纬度", "intptlat", "y_wgs84")
EASTING = ("x", "easting", "east", "x坐标", "横坐标", "coordx", "xcoord")
NORTHING = ("y", "northing", "north", "y坐标", "纵坐标", "coordy", "ycoord")
WELL_KNOWN = ("wkt", "geometry", "geom", "the_geom", "wkb", "well_known_text")
"""Columns with geometry as well-known text or binary."""

_ADDRESS = (
    "address",
    "addr",
    "addr:full",
    "full_address",
    "location",
    "地址",
    "住址",
    "详细地址",
    "现住址",
    "居住地址",
    "现居住地址",
    "实际居住地址",
    "家庭住址",
    "家庭地址",
    "房屋地址",
)
_NAME = ("name", "名称", "title", "name_zh", "name:en")
_PHONE = (
    "phone",
    "telephone",
    "tel",
    "mobile",
    "contact:phone",
    "电话",
    "手机",
    "联系电话",
    "手机号",
    "手机号码",
    "联系方式",
    "电话号码",
    "mobile_phone",
    "phone_number",
)
_STATUS = ("status", "state", "状态")
_BUILDING = ("building_id", "building", "楼栋编号", "建筑编号")
_LEVEL = {
    "bridge": ("bridge", "is_bridge", "桥梁"),
    "tunnel": ("tunnel", "is_tunnel", "隧道"),
    "layer": ("layer", "层级"),
}

FIELDS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "grid": {
        "code": ("code", "gridcode", "ntacode", "geocode", "geoid", "geoid10", "geoid20", "adcode",
                 "网格编号", "网格编码"),
        "name": ("name", "ntaname", "geoname", "namelsad", "name10", "name20", "grid_name",
                 "district", "community", "名称", "网格名称", "社区"),
        "level": ("level", "grid_level", "admin_level", "网格级别", "级别"),
        "kind": ("kind", "grid_kind", "类型", "网格类型"),
        "parent_id": ("parent_id", "parent", "上级网格", "上级编号"),
        "population": ("population", "pop", "totpop", "asukkaita", "pop_total", "p0010001",
                       "inhabitants", "einwohner", "人口", "人口数"),
    },
    "block": {"grid_id": ("grid_id", "网格编号"), "kind": ("kind", "type"), "name": _NAME},
    "land_use": {
        "kind": ("kind", "landuse", "land_use", "leisure", "natural", "fclass", "class", "type",
                 "用地性质", "用地类型"),
        "name": _NAME,
    },
    "building": {
        "name": (*_NAME, "building_name", "建筑名称", "楼栋名称"),
        "address": _ADDRESS,
        "use": ("use", "building_use", "kind_detail", "building", "type", "landuse_kind", "function",
                "用途", "建筑用途"),
        "floors": ("floors", "levels", "building:levels", "num_floors", "numfloors", "storeys",
                   "stories", "floor", "kerrosluku", "storeysaboveground", "层数", "楼层数", "地上层数"),
        "height": ("height", "building:height", "render_height", "heightroof", "measuredheight",
                   "est_height", "elevation_height", "高度", "建筑高度", "楼高"),
        "base": ("base", "min_height", "render_min_height", "building:min_height"),
        "year_built": ("year_built", "start_date", "cnstrct_yr", "yearbuilt", "valm_v",
                       "oorspronkelijkbouwjaar", "yearofconstruction", "建成年份", "建筑年代"),
    },
    "unit": {
        "building_id": _BUILDING, "stair": ("stair", "entrance", "单元"),
        "floor": ("floor", "level", "楼层"), "room": ("room", "door", "flat", "房号", "室"),
        "use": ("use", "用途"), "area": ("area", "面积", "建筑面积"),
    },
    "household": {
        "unit_id": ("unit_id", "unit", "房屋编号"), "kind": ("kind", "type", "户类型"),
        "vehicles": ("vehicles", "cars", "车辆"), "pets": ("pets", "宠物"),
    },
    "person": {
        "household_id": ("household_id", "户号", "户编号", "家庭编号"), "unit_id": ("unit_id", "房屋编号"),
        "building_id": _BUILDING,
        "name": ("name", "full_name", "姓名", "人员姓名"), "sex": ("sex", "gender", "性别"),
        "birth_date": ("birth_date", "date_of_birth", "dob", "birthday", "born", "出生日期",
                       "出生年月日", "生日"),
        "identity_number": ("identity_number", "id_number", "id_card", "身份证号", "身份证号码",
                            "公民身份号码", "公民身份证号码", "证件号码", "身份证", "identity", "id_no"),
        "phone": _PHONE, "education": ("education", "学历", "文化程度", "受教育程度"),
        "residence_kind": ("residence_kind", "residence", "户籍类型", "居住类型", "人户一致",
                           "人户一致标识", "人口类型", "人口类别"),
        "relation": ("relation", "relationship", "与户主关系", "户主关系", "关系"),
        "care_flag": ("care_flag", "care", "关爱类型", "特殊人群"),
    },
    "camera": {
        "name": (*_NAME, "camera_name", "设备名称", "点位名称"),
        "owner": ("owner", "operator", "所属单位", "建设单位"),
        "purpose": ("purpose", "用途"), "status": _STATUS, "address": (*_ADDRESS, "安装地址"),
        "z": ("z", "height", "mount_height", "安装高度"),
        "azimuth": ("azimuth", "direction", "camera:direction", "bearing", "heading", "方位角", "朝向"),
        "tilt": ("tilt", "pitch", "俯仰角"), "field_of_view": ("field_of_view", "fov", "视场角"),
        "range": ("range", "distance", "可视距离"),
        "main_stream": ("main_stream", "stream", "rtsp", "rtsp_url", "stream_url", "url", "主码流"),
        "sub_stream": ("sub_stream", "substream", "子码流"),
    },
    "department": {"name": _NAME, "name_zh": ("name_zh", "中文名称"), "phone": _PHONE},
    "worker": {
        "name": ("name", "full_name", "姓名"), "role": ("role", "position", "job", "岗位", "职务"),
        "skills": ("skills", "技能", "专长"), "grid_id": ("grid_id", "网格编号"),
        "department_id": ("department_id", "部门编号"), "shift": ("shift", "班次"),
        "phone": _PHONE, "on_gps": ("on_gps", "gps"), "status": _STATUS,
    },
    "incident": {
        "title": ("title", "subject", "srtype", "request_type", "complaint_type", "type",
                  "category", "summary", "description", "事件标题", "标题", "案件描述"),
        "severity": ("severity", "严重程度", "等级"), "status": (*_STATUS, "srstatus"),
        "reported_at": ("reported_at", "created_at", "createddate", "created_date", "opened",
                        "open_date", "date", "time", "t", "上报时间", "发生时间"),
        "closed_at": ("closed_at", "closedate", "closed_date", "closed", "结案时间", "办结时间"),
        "address": (*_ADDRESS, "incident_address", "事发地址"),
    },
    "organisation": {
        "name": (*_NAME, "company", "organisation", "organization", "单位名称", "企业名称"),
        "kind": ("kind", "type", "industry", "行业", "类型"),
        "hazard_grade": ("hazard_grade", "hazard", "危险等级", "风险等级"),
        "contact_name": ("contact_name", "contact", "联系人", "负责人"),
        "contact_phone": ("contact_phone", *_PHONE),
        "fire_equipment": ("fire_equipment", "消防设施"), "address": (*_ADDRESS, "单位地址"),
    },
    "component": {"kind": ("kind", "type", "部件类型"), "name": _NAME, "status": _STATUS},
    "sensor": {
        "name": _NAME, "kind": ("kind", "type", "传感器类型"), "status": _STATUS,
        "value": ("value", "读数"), "measured_unit": ("measured_unit", "unit", "单位"),
        "measured_at": ("measured_at", "time", "timestamp"),
    },
    "resource": {
        "name": _NAME, "kind": ("kind", "type", "类型"), "capacity": ("capacity", "容量"),
    },
    "landmark": {
        "name": _NAME, "file": ("file", "model", "模型文件"), "base": ("base", "elevation", "底高"),
        "heading": ("heading", "rotation", "azimuth", "朝向"), "scale": ("scale", "缩放"),
    },
    "panorama": {
        "name": _NAME, "file": ("file", "picture", "image", "文件"),
        "heading": ("heading", "azimuth", "朝向"), "height": ("height", "altitude", "高度"),
        "taken_at": ("taken_at", "time", "timestamp", "拍摄时间"),
    },
    "road": {
        "name": (*_NAME, "street", "道路名称"),
        "kind": ("kind", "highway", "fclass", "road_class", "class", "type", "道路等级"),
        "oneway": ("oneway", "one_way", "单行"),
        "max_speed": ("max_speed", "maxspeed", "speed_limit", "限速"),
        "width": ("width", "道路宽度", "宽度"),
        **_LEVEL,
    },
    "railway": {
        "name": (*_NAME, "line", "线路名称"),
        "kind": ("kind", "railway", "fclass", "class", "type", "轨道类型", "类型"),
        "track_use": ("track_use", "service", "用途"),
        **_LEVEL,
    },
    "address": {
        "text": ("text", *_ADDRESS),
        "street": ("street", "addr:street", "street_name", "街道"),
        "number": ("number", "addr:housenumber", "house_number", "housenumber", "门牌号"),
    },
}  # fmt: skip
"""Noun to field to the names of source columns; a field's own name always counts too."""


def normalise(name: str) -> str:
    """Return a column's name without case, spaces and punctuation."""
    return re.sub(r"[\W_]+", "", name.casefold())


def find(columns: Iterable[str], names: Iterable[str]) -> str | None:
    """Return the column that goes by the first of `names` any column goes by, or None."""
    spelt: dict[str, str] = {}
    for column in columns:
        spelt.setdefault(normalise(column), column)
    return next((spelt[key] for key in map(normalise, names) if key in spelt), None)
