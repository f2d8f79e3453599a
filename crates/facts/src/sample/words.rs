//! What made-up enterprises are called and do. Industry classes are those of GB/T 4754-2017.

/// An industry of the sample.
pub(super) struct Industry {
    /// Section letter and class.
    pub(super) code: &'static str,
    /// The word for it in a firm's name.
    pub(super) word: &'static str,
    /// How many of 1,000 enterprises are in it.
    pub(super) share: u64,
    /// Whether its firms file, certify and research more than others.
    pub(super) kind: Kind,
}

/// What sets industries apart here.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Plain,
    Software,
    Science,
    Medicine,
    Maker,
    Training,
}

const fn industry(code: &'static str, word: &'static str, share: u64, kind: Kind) -> Industry {
    Industry { code, word, share, kind }
}

/// A central district of a provincial capital lives by trade and services.
pub(super) const INDUSTRIES: [Industry; 56] = [
    industry("C1411", "食品", 6, Kind::Maker),
    industry("C1512", "酒业", 6, Kind::Maker),
    industry("C1530", "茶业", 5, Kind::Maker),
    industry("C2319", "印务", 6, Kind::Maker),
    industry("C2720", "制药", 4, Kind::Medicine),
    industry("C2740", "中药", 5, Kind::Medicine),
    industry("C2770", "卫生材料", 3, Kind::Medicine),
    industry("C3311", "钢构", 6, Kind::Maker),
    industry("C3484", "机械", 5, Kind::Maker),
    industry("C3581", "医疗设备", 3, Kind::Medicine),
    industry("C4011", "自动化", 4, Kind::Maker),
    industry("D4620", "水务", 2, Kind::Plain),
    industry("E4710", "建筑工程", 28, Kind::Plain),
    industry("E4812", "路桥工程", 12, Kind::Plain),
    industry("E4910", "机电安装", 14, Kind::Plain),
    industry("E5011", "装饰工程", 26, Kind::Plain),
    industry("F5123", "果蔬", 18, Kind::Plain),
    industry("F5137", "电器", 16, Kind::Plain),
    industry("F5151", "医药", 14, Kind::Plain),
    industry("F5164", "金属材料", 18, Kind::Plain),
    industry("F5165", "建材", 52, Kind::Plain),
    industry("F5172", "汽配", 22, Kind::Plain),
    industry("F5174", "五金机电", 30, Kind::Plain),
    industry("F5176", "电子科技", 34, Kind::Plain),
    industry("F5181", "贸易", 62, Kind::Plain),
    industry("F5193", "电子商务", 14, Kind::Plain),
    industry("F5211", "百货", 24, Kind::Plain),
    industry("F5212", "超市", 22, Kind::Plain),
    industry("F5232", "服饰", 34, Kind::Plain),
    industry("F5251", "药房", 18, Kind::Plain),
    industry("F5261", "汽车销售", 14, Kind::Plain),
    industry("F5292", "网络科技", 24, Kind::Plain),
    industry("G6020", "快递", 10, Kind::Plain),
    industry("H6110", "酒店", 12, Kind::Plain),
    industry("H6210", "餐饮", 42, Kind::Plain),
    industry("I6429", "信息服务", 14, Kind::Software),
    industry("I6513", "软件", 40, Kind::Software),
    industry("I6531", "信息技术", 34, Kind::Software),
    industry("I6550", "大数据", 16, Kind::Software),
    industry("J6760", "投资", 10, Kind::Plain),
    industry("K7010", "房地产开发", 18, Kind::Plain),
    industry("K7020", "物业服务", 24, Kind::Plain),
    industry("L7212", "投资管理", 26, Kind::Plain),
    industry("L7231", "法律咨询", 12, Kind::Plain),
    industry("L7241", "财务咨询", 18, Kind::Plain),
    industry("L7251", "广告", 38, Kind::Plain),
    industry("L7271", "保安服务", 6, Kind::Plain),
    industry("L7291", "旅行社", 14, Kind::Plain),
    industry("M7320", "工程研究", 14, Kind::Science),
    industry("M7340", "医学研究", 6, Kind::Science),
    industry("M7452", "检测", 10, Kind::Science),
    industry("M7484", "工程设计", 18, Kind::Science),
    industry("M7519", "技术推广", 22, Kind::Science),
    industry("O8111", "汽车维修", 18, Kind::Plain),
    industry("P8391", "职业培训", 16, Kind::Training),
    industry("R9051", "文化传媒", 21, Kind::Plain),
];

/// What a firm's name begins with.
pub(super) const PLACES: [&str; 6] = ["贵州", "贵州", "贵阳", "贵阳", "贵阳南明", ""];

/// First and second characters of trade names.
pub(super) const TRADE_FIRST: [&str; 40] = [
    "黔", "筑", "南", "明", "华", "恒", "鑫", "瑞", "天", "泰", "宏", "嘉", "金", "云", "博", "信", "德", "诚", "盛",
    "兴", "安", "众", "和", "智", "汇", "佳", "航", "星", "万", "聚", "立", "正", "亿", "通", "凯", "润", "锦", "科",
    "启", "蓝",
];
pub(super) const TRADE_SECOND: [&str; 40] = [
    "达", "源", "丰", "隆", "创", "成", "远", "美", "康", "宇", "林", "山", "河", "城", "信", "德", "辉", "邦", "联",
    "益", "洋", "海", "峰", "腾", "越", "祥", "顺", "利", "宝", "居", "禾", "景", "扬", "途", "贵", "秀", "溪", "楼",
    "桥", "图",
];

/// Legal forms of firms.
pub(super) const FORMS: [&str; 6] =
    ["有限公司", "有限公司", "有限责任公司", "有限责任公司", "股份有限公司", "中心（有限合伙）"];

/// The district's spaces for young firms, made up.
pub(super) const SPACES: [&str; 8] = [
    "南明创业孵化基地",
    "甲秀众创空间",
    "太慈桥科技企业孵化器",
    "花果园创客工场",
    "文昌阁青年创业园",
    "二戈寨物流创新中心",
    "水口寺文创空间",
    "见龙洞加速器",
];

/// Things that filings, projects and products are about.
pub(super) const SUBJECTS: [&str; 24] = [
    "智慧社区",
    "冷链物流",
    "中药饮片",
    "建筑能耗",
    "交通信号",
    "医疗影像",
    "食品溯源",
    "工业互联网",
    "城市管网",
    "电梯安全",
    "茶叶加工",
    "远程教育",
    "装配式建筑",
    "污水处理",
    "辣椒制品",
    "旅游票务",
    "喀斯特地质",
    "税务票据",
    "养老服务",
    "配电网",
    "地图测绘",
    "白酒酿造",
    "停车诱导",
    "农产品电商",
];
/// What is done about them.
pub(super) const WORKS: [&str; 12] = [
    "监测装置",
    "管理平台",
    "检测方法",
    "控制系统",
    "数据分析软件",
    "预警系统",
    "生产工艺",
    "服务平台",
    "采集终端",
    "调度方法",
    "示范应用",
    "关键技术",
];
